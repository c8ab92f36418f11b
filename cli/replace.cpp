#include "cli/replace.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <set>
#include <utility>
#include <vector>

#include "base/sqlstate.hpp"
#include "cli/archive_check.hpp"
#include "cli/option_group.hpp"
#include "cli/replace_guard.hpp"
#include "cli/runtime.hpp"
#include "cli/text.hpp"
#include "restore/adapt/adaptation.hpp"
#include "restore/replace/replace.hpp"

namespace pgark::cli {

namespace {

namespace asio = boost::asio;

// Turns the word into what the option's type reads; the message when there is no such word.
std::string strategy_number(std::string& word) {
  for (const auto& [name, strategy] : {std::pair("swap", Strategy::swap), {"in-place", Strategy::in_place}}) {
    if (word != name) continue;
    word = std::to_string(static_cast<int>(strategy));
    return {};
  }
  return "must be swap or in-place, not " + word;
}

[[noreturn]] void refuse(std::string message, std::string hint = {}) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = std::move(message);
  error.hint = std::move(hint);
  throw Exception(std::move(error));
}

std::string info_of(const format::Toc& toc, const char* key) {
  const auto found = toc.info.find(key);
  return found == toc.info.end() ? std::string("?") : printable(found->second);
}

std::string question(const restore::LiveDatabase& live, const ReplaceRequest& request, const std::string& how,
                     bool is_part) {
  const format::Toc& toc = request.archive.toc();
  std::uint64_t rows = 0, tables = 0;
  bool large_objects = false;
  for (const format::DataSummary& data : toc.data) {
    const bool large = toc.find(data.entry)->kind == "LARGE OBJECT DATA";
    large_objects = large_objects || large;
    if (!large) ++tables;
    if (!large) rows += data.rows;
  }
  std::string text =
      fmt::format("This replaces what {}database \"{}\" on {}{}.\n", is_part ? "was chosen of " : "",
                  printable(live.name), printable(live.where), is_part ? "; all else stays" : " holds");
  text += fmt::format("  now:    {}, {} tables, {} other sessions\n", human_bytes(live.bytes),
                      human_count(live.tables), human_count(live.sessions));
  text += fmt::format("  backup: {}, taken {} of \"{}\" on PostgreSQL {}\n", printable(request.archive_path),
                      info_of(toc, format::info_key::kStarted), info_of(toc, format::info_key::kDatabase),
                      info_of(toc, format::info_key::kServerVersion));
  text += fmt::format("          {}, {}, {} rows\n", human_bytes(request.archive.file_bytes()),
                      tables_text(tables, large_objects), human_count(rows));
  text += "  how:    " + how;
  return text;
}

// Some of the archive is left out.
bool takes_part(const restore::RestoreOptions& restore) {
  return !restore.include_schemas.empty() || !restore.exclude_schemas.empty() ||
         !restore.include_tables.empty() || !restore.exclude_tables.empty() ||
         !restore.include_tables_and_children.empty() || !restore.include_indexes.empty() ||
         !restore.include_functions.empty() || !restore.include_triggers.empty() || restore.use_list ||
         !restore.wants_rows() || !restore.section_data || !restore.section_post_data;
}

}  // namespace

bool has_terminal() {
  return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

void add_replace_options(CLI::App& command, ReplaceChoice& choice, const std::string& group_name) {
  OptionGroup group(command, group_name);
  group
      .value("--strategy", choice.strategy, "swap|in-place",
             "replace a database in use. swap: restore into a new one, prove it, then exchange the names and "
             "keep the old one for pgark rollback; in-place: back it up, empty it (with -n, -t and the like "
             "only --clean), restore and prove; when anything fails the backup is put back")
      ->transform(CLI::Validator(strategy_number, ""));
  group.flag("--force", choice.force, "do not ask before data is replaced");
  group.value(
      "--safety-backup", choice.safety_backup, "PATH",
      "with in-place: where to keep what was there (default: DATABASE_before_restore_TIME.pgark here)");
}

void check_replace_options(const ReplaceChoice& choice, const restore::RestoreOptions& restore) {
  if (choice.strategy != Strategy::in_place && !choice.safety_backup.empty())
    refuse("--safety-backup is for --strategy in-place");
  if (choice.strategy == Strategy::plain) return;
  const std::pair<bool, const char*> excluded[] = {
      {restore.create, "--create"},
      {restore.append, "--append"},
      {restore.resume, "--resume"},
      {restore.globals, "--globals"},
      {restore.single_transaction, "-1"},
      {restore::renames_objects(restore), "--rename-schema or --rename-table"},
      {restore.transaction_size != 0, "--transaction-size"}};
  for (const auto& [given, name] : excluded) {
    if (given) refuse(std::string("--strategy and ") + name + " exclude each other");
  }
  if (!restore.wants_schema() || !restore.section_pre_data || !restore.wants_rows() || !restore.section_data)
    refuse("--strategy replaces definitions and rows, which the options leave out");
  if (choice.strategy == Strategy::in_place) return;
  if (restore.clean)
    refuse("--strategy swap restores into a new database: there is nothing for --clean to drop");
  if (takes_part(restore)) {
    refuse("--strategy swap takes the whole archive: what is left out would be gone from the database",
           "for a part of it: --strategy in-place");
  }
}

restore::LiveDatabase look(const ReplaceRequest& request, Console& console) {
  restore::LiveDatabase live;
  run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    restore::ReplaceTools replace{tools.executor, console, request.target, request.restore.role};
    live = co_await restore::look_at_target(std::move(replace));
  });
  return live;
}

void confirm_with_word(const std::string& word, const std::string& text) {
  if (!has_terminal()) {
    refuse("nobody is there to be asked whether data may be replaced", "--force goes on without asking");
  }
  std::cerr << text << "\nType " << word << " to go on: " << std::flush;
  std::string answer;
  if (std::getline(std::cin, answer) && answer == word) return;
  Error error;
  error.code = ErrorCode::interrupted;
  error.message = "not confirmed with " + word + ": nothing has been changed";
  throw Exception(std::move(error));
}

bool replaces_everything(const ReplaceRequest& request) {
  const auto& info = request.archive.toc().info;
  const auto content = info.find(format::info_key::kComplete);
  return content != info.end() && content->second == "full" && !takes_part(request.restore);
}

void ask_for_restore(const restore::LiveDatabase& live, const ReplaceRequest& request,
                     const std::string& how) {
  confirm_with_word("RESTORE", question(live, request, how, /*is_part=*/false));
}

RestoreResult run_restore_once(const ReplaceRequest& request, bool verify, Console& console) {
  RestoreResult result;
  restore::RestoreOptions options = request.restore;
  options.rows_are_proved = verify;
  run_to_completion(request.restore.jobs, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    const auto start = std::chrono::steady_clock::now();
    console.begin_timeline();
    result.outcome = co_await restore::restore(tools.executor, tools.cpu, request.target, options,
                                               request.archive, console);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    result.seconds = elapsed.count();
    result.timeline = console.timeline();
    if (!verify) co_return;
    params::ConnectParams restored = request.target;
    if (!result.outcome.database.empty()) restored.database = result.outcome.database;
    const restore::ProofSource source{request.archive.toc(), &request.archive, nullptr};
    result.proof = co_await restore::prove(tools.executor, tools.cpu, std::move(restored), request.restore,
                                           source, result.outcome.not_restored(), console);
  });
  return result;
}

void prepare_clean(const ReplaceRequest& request, Console& console) {
  if (!request.restore.clean || request.restore.resume) return;
  const bool asks = !request.choice.force && has_terminal();
  ReplaceRequest named = request;
  if (request.restore.create) {
    const auto& entries = request.archive.toc().entries;
    const auto found = std::ranges::find(entries, "DATABASE", &format::TocEntry::kind);
    if (found == entries.end()) return;  // the restore says so
    named.target.database = request.restore.create_as.empty() ? found->name : request.restore.create_as;
  }
  restore::LiveDatabase live;
  try {
    live = look(named, console);
  } catch (const Exception& exception) {
    // There is nothing yet that could be lost; all else the restore itself will meet and tell.
    if (exception.error().code == ErrorCode::connect) return;
    throw;
  }
  if (live.objects == 0) return;
  if (asks) {
    const bool is_part = takes_part(request.restore) && !request.restore.create;
    const char* const how = request.restore.create ? "the database is dropped and made anew"
                            : is_part              ? "the chosen objects are dropped, then restored"
                                                   : "its objects of the archive are dropped, then restored";
    confirm_with_word("RESTORE", question(live, named, how, is_part));
  }
  require_sound(request.archive, console);
}

bool is_somebody_elses(const std::exception_ptr& failure) {
  constexpr std::string_view kDuplicateDatabase = "42P04", kUniqueViolation = "23505";
  try {
    std::rethrow_exception(failure);
  } catch (const Exception& exception) {
    const Error& error = exception.error();
    return error.code == ErrorCode::target_not_empty || sqlstate::is(error, kDuplicateDatabase) ||
           (sqlstate::is(error, kUniqueViolation) && error.statement.starts_with("CREATE DATABASE"));
  } catch (...) {
    return false;
  }
}

std::chrono::sys_seconds unused_second(const std::vector<restore::AsideDatabase>& others) {
  std::set<std::string> stamps;
  for (const restore::AsideDatabase& other : others) stamps.insert(other.parsed.stamp);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return restore::unused_second(stamps, now);
}

RestoreResult restore_by_swap(const ReplaceRequest& request, Console& console, nlohmann::json& more) {
  if (swaps_schemas(request, console)) return restore_by_schemas(request, console, more);
  using restore::Aside;
  const std::string& live_name = request.target.database;
  const auto in_runtime = [&](const std::function<asio::awaitable<void>(restore::ReplaceTools)>& step) {
    run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
      restore::ReplaceTools replace{tools.executor, console, request.target, request.restore.role};
      co_await step(std::move(replace));
    });
  };
  in_runtime([](restore::ReplaceTools tools) { return restore::check_swap(std::move(tools)); });
  ReplaceGuard guard(request.target, request.restore.role, "pgark restore --strategy swap", console);
  std::vector<restore::AsideDatabase> others;
  in_runtime([&others](restore::ReplaceTools tools) -> asio::awaitable<void> {
    others = co_await restore::list_aside(std::move(tools));
  });
  const auto now = unused_second(others);
  const restore::SwapNames names{live_name, restore::aside_name(live_name, Aside::fresh, now),
                                 restore::aside_name(live_name, Aside::old, now)};
  if (!request.choice.force) {
    ask_for_restore(look(request, console), request,
                    "restored beside it and proved; then the names change places, and the old one is kept");
  }
  require_sound(request.archive, console);

  ReplaceRequest beside = request;
  beside.restore.create = beside.restore.analyze = true;
  beside.restore.create_as = names.fresh;
  const auto discard = [&] {
    in_runtime([&](restore::ReplaceTools tools) { return discard_aside(std::move(tools), names.fresh); });
  };
  // Without it the database takes its place as well, but not later.
  const auto mark = [&] {
    try {
      in_runtime([&](restore::ReplaceTools tools) { return mark_whole(std::move(tools), names); });
    } catch (const Exception& exception) {
      if (exception.error().code == ErrorCode::interrupted) throw;
      console.message(Severity::warning,
                      "could not be marked as whole, so that pgark rollback --to would refuse it: " +
                          exception.error().to_string(),
                      names.fresh);
    }
  };
  RestoreResult result;
  try {
    result = run_restore_once(beside, /*verify=*/true, console);
    if (result.whole()) mark();
  } catch (...) {
    const std::exception_ptr failure = std::current_exception();
    if (is_somebody_elses(failure)) std::rethrow_exception(failure);
    console.message(Severity::notice, "dropping the unfinished database; the one in use is untouched",
                    names.fresh);
    try {
      discard();
    } catch (const Exception& exception) {
      console.message(Severity::warning,
                      "could not be dropped: " + exception.error().to_string() +
                          "; pgark rollback --discard does it later",
                      names.fresh);
    }
    std::rethrow_exception(failure);
  }
  if (!result.whole()) {
    discard();
    console.message(Severity::notice, "the database in use is untouched; the new one has been dropped",
                    live_name);
    return result;
  }
  console.phase("exchanging the names");
  double seconds = 0;
  bool begun = false;
  try {
    guard.check();
    guard.leave_database();
    begun = true;
    in_runtime([&](restore::ReplaceTools tools) -> asio::awaitable<void> {
      seconds = co_await restore::take_place(std::move(tools), names);
    });
  } catch (const Exception& exception) {
    Error error = exception.error();
    // The server may have done it before we could hear of it.
    const bool unknown =
        begun && (error.code == ErrorCode::interrupted || error.code == ErrorCode::connection_lost);
    error.hint = fmt::format(
        "whether the names were exchanged is not known: pgark rollback -d {} --list shows it", live_name);
    if (unknown) throw Exception(std::move(error));
    error.hint = fmt::format(
        "{} is in use as before; the restored database waits as {}: pgark rollback -d {} --to {} tries again",
        live_name, names.fresh, live_name, names.fresh);
    throw Exception(std::move(error));
  }
  console.message(Severity::info,
                  fmt::format("took its place, which shut the door for {:.2f} s; the old database is {}, and "
                              "pgark rollback -d {} takes it back",
                              seconds, names.aside, live_name),
                  live_name);
  more["swapped"] = {{"database", live_name}, {"kept_as", names.aside}, {"seconds", seconds}};
  return result;
}

}  // namespace pgark::cli
