#include "cli/objective_options.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "cli/time_span.hpp"

namespace pgark::cli {
namespace {

std::chrono::seconds span_of(const std::string& given, const char* variable, const char* fallback) {
  const char* value = std::getenv(variable);
  const std::string text = !given.empty() ? given : value != nullptr && *value != '\0' ? value : fallback;
  const auto span = parse_time_span(text);
  if (span) return *span;
  throw Exception(fail(ErrorCode::usage, std::string(variable) + " is no span of time", text,
                       "give it like 90s, 30min, 24h, 7d or 2w")
                      .value());
}

}  // namespace

void add_objective_options(CLI::App& command, ObjectiveOptions& options) {
  const CLI::Validator is_span(
      [](const std::string& text) {
        return parse_time_span(text) ? std::string() : std::string("must be like 90s, 30min, 24h, 7d or 2w");
      },
      "");
  command
      .add_option("--rpo", options.rpo,
                  "the newest verified backup must not be older than this (default: PGARK_RPO, else 24h)")
      ->type_name("TIME")
      ->check(is_span);
  command
      .add_option("--rto", options.rto,
                  "the last drill must have restored in this time (default: PGARK_RTO, else 30min)")
      ->type_name("TIME")
      ->check(is_span);
}

Objectives wanted_objectives(const ObjectiveOptions& options) {
  return {span_of(options.rpo, "PGARK_RPO", "24h"), span_of(options.rto, "PGARK_RTO", "30min")};
}

}  // namespace pgark::cli
