// restore --strategy in-place, and putting back what was there.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "cli/archive_check.hpp"
#include "cli/replace.hpp"
#include "cli/replace_guard.hpp"
#include "cli/report_text.hpp"
#include "cli/runtime.hpp"
#include "cli/text.hpp"
#include "dumper/dump.hpp"
#include "restore/replace/replace.hpp"
#include "storage/local_file.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

namespace asio = boost::asio;

// A name that a safety backup gets by itself; of several in one second all but the first with a number.
std::string safety_path(const std::string& database, int number) {
  std::string name = database;
  for (char& c : name) {
    if (c == '/' || c == '\0') c = '_';
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string suffix = number == 1 ? "" : fmt::format("_{}", number);
  return fmt::format("./{}_before_restore_{:%Y%m%dT%H%M%S}Z{}.pgark", name, now, suffix);
}

struct SafetyFile {
  std::string path;
  std::unique_ptr<format::Sink> sink;
};

// Creates it now, so that the name is ours, whoever else chooses one.
SafetyFile create_safety_file(const ReplaceRequest& request) {
  constexpr int kNamesMax = 100;
  const storage::FileChoice choice;
  if (const std::string& path = request.choice.safety_backup; !path.empty())
    return {path, value_or_throw(storage::create_archive_file(path, choice))};
  for (int number = 1;; ++number) {
    std::string path = safety_path(request.target.database, number);
    auto sink = storage::create_archive_file(path, choice);
    if (!sink && sink.error().code == ErrorCode::usage && number < kNamesMax) continue;
    return {std::move(path), value_or_throw(std::move(sink))};
  }
}

// All of the database; the file is whole, or there is none.
std::unique_ptr<format::ArchiveReader> take_safety_backup(const ReplaceRequest& request, SafetyFile file,
                                                          Console& console) {
  const std::string& path = file.path;
  console.message(Severity::info, "backing up what the database holds now, to " + printable(path), {});
  dumper::DumpOptions options;
  options.jobs = request.restore.jobs;
  options.session.role = request.restore.role;
  options.codec = value_or_throw(format::parse_codec("zstd:1"));
  options.pgark_version = PGARK_VERSION;
  auto writer = value_or_throw(format::ArchiveWriter::create(std::move(file.sink)));
  dumper::DumpOutcome outcome;
  run_to_completion(options.jobs, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    outcome =
        co_await dumper::dump(tools.executor, tools.cpu, request.target, options, std::move(writer), console);
  });
  reset_progress(console);
  show_report(console, outcome.report);
  if (count_lost(outcome.report) != 0) {
    Error error;
    error.code = ErrorCode::incomplete;
    error.object = path;
    error.message = "the safety backup could not save everything, so that it could not be put back";
    error.hint =
        "nothing has been changed; what was not saved is named above: mend that, or use --strategy swap";
    throw Exception(std::move(error));
  }
  auto safety = value_or_throw(storage::open_archive(path));
  require_sound(*safety, console);
  return safety;
}

std::set<std::string> extensions_of(const format::Toc& toc) {
  std::set<std::string> names;
  for (const format::TocEntry& entry : toc.entries) {
    if (entry.kind == "EXTENSION") names.insert(entry.name);
  }
  return names;
}

std::string rollback_command(const ReplaceRequest& request, const std::string& safety) {
  return fmt::format("pgark rollback -d {} --from {} (with the same connection options)",
                     request.target.database, safety);
}

void in_target(const ReplaceRequest& request, Console& console,
               const std::function<asio::awaitable<void>(restore::ReplaceTools)>& step) {
  run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    restore::ReplaceTools replace{tools.executor, console, request.target, request.restore.role};
    co_await step(std::move(replace));
  });
}

void check_restorable(const ReplaceRequest& request, const format::Toc& toc, restore::RestoreOptions options,
                      Console& console) {
  options.rows_are_proved = true;
  in_target(request, console, [&](restore::ReplaceTools tools) {
    return restore::check_restorable(std::move(tools), toc, options);
  });
}

void empty(const ReplaceRequest& request, Console& console) {
  console.phase("emptying the database");
  reset_progress(console);
  in_target(request, console, [&](restore::ReplaceTools tools) {
    return restore::empty_target(std::move(tools), extensions_of(request.archive.toc()));
  });
}

// What is left of an attempt that was cut off may change the catalogs for a moment yet.
void empty_again(const ReplaceRequest& request, Console& console) {
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    try {
      empty(request, console);
      return;
    } catch (const Exception& exception) {
      if (exception.error().code != ErrorCode::server || attempt == kAttempts) throw;
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }
}

// The restore itself can be resumed; a database that holds again what it held cannot.
std::string without_resume(std::string hint) {
  const std::size_t at = hint.find("what is finished is recorded");
  if (at == std::string::npos) return hint;
  hint.resize(at);
  while (hint.ends_with(' ') || hint.ends_with(';')) hint.pop_back();
  return hint;
}

restore::RestoreOptions whole_database(const ReplaceRequest& request) {
  restore::RestoreOptions options;
  options.jobs = request.restore.jobs;
  options.role = request.restore.role;
  options.analyze = true;
  return options;
}

// After a failure: the old state is back, or how to bring it back is in the hint.
[[noreturn]] void roll_back(const ReplaceRequest& request, const format::ArchiveReader& safety,
                            const std::string& path, Error cause, Console& console) {
  console.message(Severity::error, cause.to_string(), {});
  console.message(Severity::notice, "the restore failed: putting back what was there before", {});
  ReplaceRequest back{safety, path, request.target, {}, request.choice};
  back.restore = whole_database(request);
  std::optional<Error> failed;
  try {
    empty_again(back, console);
    const RestoreResult result = run_restore_once(back, /*verify=*/true, console);
    if (!result.whole()) failed = restore_error(result);
  } catch (const Exception& exception) {
    failed = exception.error();
  }
  cause.statement.clear();
  cause.server.reset();
  cause.message = "the restore failed for the reason named above";
  if (failed) {
    cause.message += ", and what was there before could NOT be put back: " + failed->to_string();
    cause.hint = "it is safe in " + path + ": when the cause is mended, " + rollback_command(request, path);
  } else {
    cause.hint = without_resume(std::move(cause.hint));
    cause.hint += std::string(cause.hint.empty() ? "" : "; ") +
                  "the database holds again what it held before, which was proved; a copy of that is in " +
                  path;
  }
  throw Exception(std::move(cause));
}

// nullopt: the server does not say.
std::optional<bool> is_empty(const ReplaceRequest& request, Console& console) {
  try {
    return look(request, console).objects == 0;
  } catch (const Exception&) {
    return std::nullopt;
  }
}

// When that fails all is as it was, unless it failed at the very moment of its end.
void empty_or_leave(const ReplaceRequest& request, const std::string& safety, Console& console) {
  std::optional<Error> failed;
  try {
    empty(request, console);
    return;
  } catch (const Exception& exception) {
    failed = exception.error();
  }
  const std::optional<bool> emptied = is_empty(request, console);
  if (emptied == true) {
    console.message(Severity::notice, "the database was emptied before the failure: going on", {});
    return;
  }
  constexpr const char* kNothing = "nothing has been dropped";
  if (!emptied) {
    failed->hint = "whether the database was emptied is not known; what it held is safe in " + safety +
                   ": if need be, " + rollback_command(request, safety);
  } else if (failed->hint.find(kNothing) == std::string::npos) {
    failed->hint += (failed->hint.empty() ? "" : "; ") + std::string(kNothing);
  }
  throw Exception(std::move(*failed));
}

}  // namespace

RestoreResult replace_all(const ReplaceRequest& request, Console& console) {
  check_restorable(request, request.archive.toc(), request.restore, console);
  empty(request, console);
  return run_restore_once(request, /*verify=*/true, console);
}

RestoreResult restore_in_place(const ReplaceRequest& request, Console& console, nlohmann::json& more) {
  ReplaceGuard guard(request.target, request.restore.role, "pgark restore --strategy in-place", console);
  SafetyFile file = create_safety_file(request);
  const std::string path = file.path;
  const bool everything = replaces_everything(request);
  if (!request.choice.force) {
    ask_for_restore(look(request, console), request,
                    "backed up to " + printable(path) +
                        (everything ? ", then everything in it is dropped and the archive restored"
                                    : ", then the archive's objects are dropped and restored"));
  }
  require_sound(request.archive, console);
  const auto safety = take_safety_backup(request, std::move(file), console);
  more["safety_backup"] = path;

  ReplaceRequest over = request;
  over.restore.clean = !everything;
  over.restore.analyze = true;
  check_restorable(request, safety->toc(), whole_database(request), console);
  if (everything) {
    check_restorable(request, request.archive.toc(), over.restore, console);
  }
  guard.check();
  if (everything) empty_or_leave(over, path, console);
  RestoreResult result;
  std::optional<Error> cause;
  try {
    result = run_restore_once(over, /*verify=*/true, console);
    if (!result.whole()) cause = restore_error(result);
  } catch (const Exception& exception) {
    cause = exception.error();
  }
  // What --clean could not drop, it has not dropped.
  if (cause && !everything && cause->hint.find("nothing has been changed") != std::string::npos)
    throw Exception(std::move(*cause));
  if (cause) {
    if (!result.outcome.failed.empty()) cause->hint = "each is named above; mend the cause, then try again";
    roll_back(request, *safety, path, std::move(*cause), console);
  }
  console.message(Severity::info,
                  "what was there before is in " + printable(path) +
                      "; to take it back: " + printable(rollback_command(request, path)),
                  request.target.database);
  return result;
}

}  // namespace pgark::cli
