// How a run ended, in the words of whoever is told: JSON for programs, messages for chats, variables for a
// shell command. Pure.
//
// All texts are of bounded length and without control characters. What could be read as markup or as a
// mention by the receiver is written so that it is not.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/run_report.hpp"

namespace pgark::cli {

enum class MessageFormat : std::uint8_t { generic, slack, discord, pagerduty };
std::optional<MessageFormat> parse_message_format(std::string_view name);

// docs/notifications.md describes it.
nlohmann::json generic_message(const RunReport& report);
// The JSON text to post. `routing_key`: PagerDuty's, in no other format.
std::string message_body(MessageFormat format, const RunReport& report, const std::string& routing_key);

// "PGARK_EVENT" and its value, and so on. Names of databases and files come as they are.
std::vector<std::pair<std::string, std::string>> message_variables(const RunReport& report);

}  // namespace pgark::cli
