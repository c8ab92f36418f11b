// What a run was about and how it ended, for those who are told of it: notifications, metrics.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "storage/catalogue/time_text.hpp"

namespace pgark::cli {

// Empty where it is not known, or there is none.
struct RunSubject {
  std::string database;  // raw
  std::string archive;   // as a person names it
  // The next two go by the command line alone: they are the same from run to run, also of a run that ends
  // before it knows more.
  std::string place;           // of backups, as open_store() takes it
  std::string asked_database;  // the one that is named
};

// What the console of a command has seen of it.
struct RunRecord : RunSubject {
  std::optional<Error> error;  // the first
  std::string facts;           // numbers and texts of the result, a JSON object; empty: there was no result
};

struct RunReport : RunRecord {
  std::string command;  // "backup"
  int exit_status = 0;
  storage::TimePoint started, finished;
  double duration_seconds = 0;
  std::string host;  // that pgark ran on
  std::string pgark_version;

  bool failed() const { return exit_status != 0; }
  // "failure" or "success".
  const char* event() const { return failed() ? "failure" : "success"; }
  // The name of the exit status (docs/exit-codes.md).
  std::string code() const;
  // One line, without passwords; empty of a success.
  std::string error_text() const;
  std::string hint_text() const;
};

}  // namespace pgark::cli
