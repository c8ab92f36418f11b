#include "cli/run_report.hpp"

#include "cli/exit_code.hpp"
#include "cli/process_setup.hpp"
#include "cli/text.hpp"

namespace pgark::cli {

std::string RunReport::code() const {
  if (!failed()) return "ok";
  if (exit_status == kExitObjectiveMissed) return "objective_missed";
  return std::string(error_code_name(error ? error->code : ErrorCode::internal));
}

std::string RunReport::error_text() const {
  if (!failed()) return {};
  return error ? printable(without_passwords(error->to_string())) : "it gave no reason";
}

std::string RunReport::hint_text() const {
  return failed() && error ? printable(without_passwords(error->hint)) : std::string();
}

}  // namespace pgark::cli
