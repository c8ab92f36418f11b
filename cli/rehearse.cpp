#include "cli/rehearse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/exit_code.hpp"
#include "cli/runtime.hpp"
#include "cli/text.hpp"
#include "restore/replace/replace.hpp"

namespace pgark::cli {

namespace {

namespace asio = boost::asio;
using restore::Rehearsal;

// The one that the restore would make, or whose place it would take.
std::string database_name(const ReplaceRequest& request) {
  if (request.choice.strategy == Strategy::swap) return request.target.database;
  if (!request.restore.create_as.empty()) return request.restore.create_as;
  const auto& entries = request.archive.toc().entries;
  const auto found = std::ranges::find(entries, "DATABASE", &format::TocEntry::kind);
  return found == entries.end() ? std::string() : found->name;
}

void check_swap(const ReplaceRequest& request, Console& console) {
  run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    restore::ReplaceTools replace{tools.executor, console, request.target, request.restore.role};
    co_await restore::check_swap(std::move(replace));
  });
}

void discard(const ReplaceRequest& request, Console& console) {
  run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    restore::ReplaceTools replace{tools.executor, console, request.target, request.restore.role};
    co_await restore::discard_aside(std::move(replace), request.restore.create_as);
  });
}

RestoreResult in_new_database(ReplaceRequest request, Console& console) {
  if (request.choice.strategy == Strategy::swap) check_swap(request, console);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  request.restore.create_as = restore::aside_name(database_name(request), restore::Aside::fresh, now);
  request.restore.create = true;
  request.restore.clean = false;
  request.restore.rehearsal = Rehearsal::in_new_database;
  RestoreResult result;
  try {
    result = run_restore_once(request, /*verify=*/false, console);
  } catch (...) {
    const std::exception_ptr failure = std::current_exception();
    if (is_somebody_elses(failure)) std::rethrow_exception(failure);
    try {
      discard(request, console);
    } catch (const Exception& exception) {
      console.message(Severity::warning, "could not be dropped: " + exception.error().to_string(),
                      request.restore.create_as);
    }
    std::rethrow_exception(failure);
  }
  discard(request, console);
  return result;
}

RestoreResult in_transaction(ReplaceRequest request, Console& console) {
  if (request.choice.strategy == Strategy::in_place && replaces_everything(request)) {
    run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
      restore::ReplaceTools replace{tools.executor, console, request.target, request.restore.role};
      co_await restore::empty_target(std::move(replace), {}, /*rehearse=*/true);
    });
  }
  request.restore.rehearsal = Rehearsal::in_transaction;
  request.restore.clean = request.restore.clean || request.choice.strategy == Strategy::in_place;
  return run_restore_once(request, /*verify=*/false, console);
}

}  // namespace

int rehearse(ReplaceRequest request, Console& console) {
  if (request.choice.strategy == Strategy::swap && swaps_schemas(request, console)) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    request.restore = plan_schemas(request, restore::aside_stamp(now), console);
    request.choice.strategy = Strategy::plain;
  }
  const bool makes_database = request.restore.create || request.choice.strategy == Strategy::swap;
  const RestoreResult result = makes_database ? in_new_database(std::move(request), console)
                                              : in_transaction(std::move(request), console);
  console.stop_progress();
  const auto& failed = result.outcome.failed;
  nlohmann::json failures = nlohmann::json::array();
  for (const auto& entry : failed) failures.push_back(failure_json(entry));
  console.line(fmt::format("rehearsal {}: {} entries in {}, without their rows; nothing of it stays",
                           failed.empty() ? "complete" : "FAILED", human_count(result.outcome.entries_done),
                           human_duration(result.seconds)));
  console.result({{"command", "restore"},
                  {"rehearsal", true},
                  {"entries", result.outcome.entries_done},
                  {"complete", failed.empty()},
                  {"failed", failures}});
  if (failed.empty()) return kExitOk;
  Error error;
  error.code = ErrorCode::incomplete;
  error.message = fmt::format("{} of the archive's entries would not be restored", failed.size());
  error.hint = "each is named above with what the server says; nothing has been changed";
  console.error(error);
  return exit_code(error.code);
}

}  // namespace pgark::cli
