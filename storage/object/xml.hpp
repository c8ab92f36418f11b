// The little XML that object stores answer. Pure; whatever the text is, the functions return.
//
// Boost.PropertyTree reads it: it is there with Boost already, the answers are small, and it expands no
// entities of a document's own. It recurses, so text that is nested deeper than any answer is refused before.
#pragma once

#include <boost/property_tree/ptree_fwd.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pgark::storage::object {

using Tree = boost::property_tree::ptree;

// What stands below `root` ("ListBucketResult", "A.B"); null when the text is no XML or has another root.
std::shared_ptr<const Tree> parse_xml(std::string_view text, const char* root);

std::string text_of(const Tree& tree, const char* name);  // "" when absent
std::optional<std::uint64_t> number_of(std::string_view text);
std::string xml_escaped(std::string_view text);

// "2026-01-15T14:30:00.000Z"; nothing when it is something else.
std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text);

// <Error>, as all of them answer. Empty fields: the text was none.
struct ErrorAnswer {
  std::string code, message;
  std::string region;  // where the bucket is, when the answer says so
};
ErrorAnswer parse_error(std::string_view text);

// The error for an answer that is not what it should be.
tl::unexpected<Error> no_answer(std::string_view what);

}  // namespace pgark::storage::object
