// pgark rollback: takes back what a restore with --strategy has put in the place of a database.
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/archive_check.hpp"
#include "cli/archive_choice.hpp"
#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_group.hpp"
#include "cli/replace.hpp"
#include "cli/replace_guard.hpp"
#include "cli/runtime.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "restore/replace/replace.hpp"
#include "restore/replace/schema_swap.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

namespace asio = boost::asio;
using restore::Aside;
using restore::AsideDatabase;
using restore::AsideSchemas;

constexpr const char* kDoing = "pgark rollback";

struct RollbackOptions {
  params::CommandLineParams target;
  std::string to, from, role;
  int jobs = 1;
  bool list = false, discard = false, force = false;
};

// What a restore replaced is what the next rollback wants, also where the exchange was made up for by hand.
Aside role_of_replaced(Aside incoming) {
  return incoming == Aside::fresh ? Aside::old : Aside::undone;
}

const char* role_text(Aside role) {
  switch (role) {
    case Aside::fresh: return "made by a restore, never took the place";
    case Aside::old: return "in use until a restore";
    case Aside::undone: return "in use until a rollback";
  }
  return "";
}

const char* state_text(bool whole) {
  return whole ? "whole" : "unfinished";
}

class Rollback {
 public:
  Rollback(const RollbackOptions& options, Console& console)
      : options_(options), console_(console), target_(connect_params(options.target, console)) {
    console.about({target_.database, options.from, {}, target_.database});
  }

  int run() {
    if (!options_.from.empty()) return from_archive();
    if (options_.list) {
      look_aside();
      return print_list();
    }
    ReplaceGuard guard(target_, options_.role, kDoing, console_);
    look_aside();
    return options_.discard ? discard_all() : exchange(guard);
  }

 private:
  void in_runtime(const std::function<asio::awaitable<void>(restore::ReplaceTools)>& step) {
    run_to_completion(1, console_, [&](RuntimeTools tools) -> asio::awaitable<void> {
      restore::ReplaceTools replace{tools.executor, console_, target_, options_.role};
      co_await step(std::move(replace));
    });
  }

  // A database that cannot be reached has no schemas; a role that may be in this one only sees no others.
  void look_aside() {
    std::exception_ptr unreachable;
    in_runtime([&](restore::ReplaceTools tools) -> asio::awaitable<void> {
      try {
        co_await restore::run_in_target(
            std::move(tools), [this](protocol::Connection& connection) { return look_at_sets(connection); });
      } catch (const Exception&) {
        unreachable = std::current_exception();
      }
    });
    in_runtime([&](restore::ReplaceTools tools) -> asio::awaitable<void> {
      try {
        aside_ = co_await restore::list_aside(std::move(tools));
      } catch (const Exception&) {
        if (unreachable || sets_.empty()) throw;
      }
    });
  }

  asio::awaitable<void> look_at_sets(protocol::Connection& connection) {
    sets_ = co_await restore::find_aside_schemas(connection);
  }

  std::string suffix_of(const AsideSchemas& set) const { return restore::aside_suffix(set.role, set.stamp); }

  // nullptr: a database is meant. The newest old state, whichever it is.
  const AsideSchemas* chosen_set() const {
    const auto wanted = [this](const AsideSchemas& set) {
      if (options_.to.empty()) return set.role == Aside::old;
      return options_.to == "*" + suffix_of(set) || std::ranges::count(set.names, options_.to) != 0;
    };
    const auto found = std::ranges::find_if(sets_, wanted);
    if (found == sets_.end()) return nullptr;
    const auto newer = [&](const AsideDatabase& aside) {
      return aside.parsed.role == Aside::old && aside.parsed.stamp > found->stamp;
    };
    const bool newer_database = options_.to.empty() && std::ranges::any_of(aside_, newer);
    return newer_database ? nullptr : &*found;
  }

  std::string unused_stamp() const {
    std::set<std::string> stamps;
    for (const AsideSchemas& set : sets_) stamps.insert(set.stamp);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return restore::aside_stamp(restore::unused_second(stamps, now));
  }

  int exchange_schemas(const AsideSchemas& set, ReplaceGuard& guard) {
    const std::string incoming = suffix_of(set),
                      outgoing = restore::aside_suffix(role_of_replaced(set.role), unused_stamp());
    if (!set.whole) refuse_unfinished("*" + incoming);
    in_database([&](protocol::Connection& connection) -> asio::awaitable<void> {
      const restore::LiveSchemas live = co_await restore::look_at_schemas(connection);
      const std::vector<restore::Obstacle> found =
          co_await restore::schema_obstacles(connection, live, /*makes=*/false);
      if (!found.empty()) throw Exception(restore::obstacles_error(found, connection.peer()));
    });
    confirm(fmt::format("The schemas of database \"{}\" become *{}, and *{} ({}, {}) take their place.",
                        printable(target_.database), outgoing, incoming, role_text(set.role), set.stamp));
    guard.check();
    double seconds = 0;
    in_database([&](protocol::Connection& connection) -> asio::awaitable<void> {
      seconds = co_await restore::exchange_schemas(connection, incoming, outgoing);
    });
    console_.line(
        fmt::format("rollback complete: the schemas of {} are what *{} were; what they replace is kept "
                    "as *{}; writers waited {:.2f} s",
                    printable(target_.database), incoming, outgoing, seconds));
    console_.result({{"command", "rollback"},
                     {"database", target_.database},
                     {"was", "*" + incoming},
                     {"kept_as", "*" + outgoing},
                     {"seconds", seconds}});
    return kExitOk;
  }

  void in_database(const std::function<asio::awaitable<void>(protocol::Connection&)>& step) {
    in_runtime([&](restore::ReplaceTools tools) { return restore::run_in_target(std::move(tools), step); });
  }

  [[noreturn]] void nothing_to_take(const std::string& what) const {
    Error error;
    error.code = ErrorCode::usage;
    error.object = target_.database;
    error.message = what;
    error.hint =
        "pgark rollback --list shows what there is; --from takes a safety backup of --strategy in-place";
    throw Exception(std::move(error));
  }

  const AsideDatabase& chosen() const {
    const auto wanted = [this](const AsideDatabase& aside) {
      return options_.to.empty() ? aside.parsed.role == Aside::old : aside.name == options_.to;
    };
    const auto found = std::ranges::find_if(aside_, wanted);
    if (found != aside_.end()) return *found;
    nothing_to_take(options_.to.empty() ? "no restore has left an old database beside it"
                                        : "no database " + options_.to + " stands beside it");
  }

  [[noreturn]] void refuse_unfinished(const std::string& name) const {
    Error error;
    error.code = ErrorCode::mismatch;
    error.object = name;
    error.message =
        "its restore and the proof of it are not known to have ended well, so that it is not whole";
    error.hint = "nothing has been changed; pgark rollback --discard drops it, then restore again";
    throw Exception(std::move(error));
  }

  void confirm(const std::string& what) const {
    if (options_.force) return;
    confirm_with_word("ROLLBACK", what);
  }

  int exchange(ReplaceGuard& guard) {
    if (const AsideSchemas* set = chosen_set()) return exchange_schemas(*set, guard);
    const AsideDatabase& back = chosen();
    const restore::SwapNames names{
        target_.database, back.name,
        restore::aside_name(target_.database, role_of_replaced(back.parsed.role), unused_second(aside_))};
    if (!back.whole) refuse_unfinished(back.name);
    confirm(
        fmt::format("Database \"{}\" becomes \"{}\", and \"{}\" ({}, {}) takes its place. All sessions in "
                    "it end.",
                    printable(names.live), printable(names.aside), printable(names.fresh),
                    role_text(back.parsed.role), back.parsed.stamp));
    guard.check();
    guard.leave_database();
    double seconds = 0;
    in_runtime([&](restore::ReplaceTools tools) -> asio::awaitable<void> {
      seconds = co_await restore::take_place(std::move(tools), names);
    });
    console_.line(
        fmt::format("rollback complete: {} is what {} was; what it replaces is kept as {}; the door "
                    "was shut for {:.2f} s",
                    printable(names.live), printable(names.fresh), printable(names.aside), seconds));
    console_.result({{"command", "rollback"},
                     {"database", names.live},
                     {"was", names.fresh},
                     {"kept_as", names.aside},
                     {"seconds", seconds}});
    return kExitOk;
  }

  static std::string names_of(const AsideSchemas& set) {
    std::string names = set.names.size() == 1 ? "schema " : "schemas ";
    for (const std::string& name : set.names)
      names += (name == set.names.front() ? "" : ", ") + printable(name);
    return names;
  }

  int print_list() {
    nlohmann::json items = nlohmann::json::array();
    std::vector<std::vector<std::string>> rows;
    for (const AsideDatabase& aside : aside_) {
      items.push_back({{"name", aside.name},
                       {"time", aside.parsed.stamp},
                       {"bytes", aside.bytes},
                       {"what", role_text(aside.parsed.role)},
                       {"whole", aside.whole}});
      rows.push_back({printable(aside.name), aside.parsed.stamp, human_bytes(aside.bytes),
                      state_text(aside.whole), role_text(aside.parsed.role)});
    }
    for (const AsideSchemas& set : sets_) {
      items.push_back({{"schemas", set.names},
                       {"time", set.stamp},
                       {"bytes", set.bytes},
                       {"what", role_text(set.role)},
                       {"whole", set.whole}});
      rows.push_back(
          {names_of(set), set.stamp, human_bytes(set.bytes), state_text(set.whole), role_text(set.role)});
    }
    console_.result({{"command", "rollback"}, {"database", target_.database}, {"aside", items}});
    if (console_.options().json) return kExitOk;
    write_stdout(rows.empty()
                     ? "nothing stands beside " + printable(target_.database) + "\n"
                     : table_within(stdout_columns(),
                                    {"database or schemas", "since", ">size", "state", "what"}, rows));
    return kExitOk;
  }

  int discard_all() {
    if (aside_.empty() && sets_.empty()) nothing_to_take("nothing stands beside it that could be dropped");
    std::string names;
    for (const AsideDatabase& aside : aside_)
      names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", printable(aside.name),
                           human_bytes(aside.bytes));
    for (const AsideSchemas& set : sets_)
      names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", names_of(set), human_bytes(set.bytes));
    confirm("These are dropped: " + names + ".");
    nlohmann::json dropped = nlohmann::json::array();
    for (const AsideDatabase& aside : aside_) {
      in_runtime(
          [&](restore::ReplaceTools tools) { return restore::discard_aside(std::move(tools), aside.name); });
      dropped.push_back(aside.name);
    }
    for (const AsideSchemas& set : sets_) {
      in_database(
          [&set](protocol::Connection& connection) { return restore::drop_schemas(connection, set.names); });
      for (const std::string& name : set.names) dropped.push_back(name);
    }
    console_.line("dropped: " + names);
    console_.result({{"command", "rollback"}, {"database", target_.database}, {"dropped", dropped}});
    return kExitOk;
  }

  int from_archive() {
    ArchiveChoice choice;
    choice.archive = options_.from;
    const auto archive = open_archive(choice, console_);
    check_holds_everything(archive->toc());
    ReplaceRequest request{*archive, options_.from, target_, {}, {}};
    request.restore.jobs = options_.jobs;
    request.restore.analyze = true;
    request.restore.role = options_.role;
    ReplaceGuard guard(target_, options_.role, kDoing, console_);
    if (!options_.force)
      ask_for_restore(look(request, console_), request,
                      "everything in it is dropped, then the backup restored");
    require_sound(*archive, console_);
    guard.check();
    const RestoreResult result = replace_all(request, console_);
    show_restore(console_, options_.from, archive->toc(), result);
    return finish_restore(console_, result);
  }

  void check_holds_everything(const format::Toc& toc) const {
    const auto content = toc.info.find(format::info_key::kComplete);
    if (content != toc.info.end() && content->second == "full") return;
    Error error;
    error.code = ErrorCode::usage;
    error.object = options_.from;
    error.message = "the archive does not hold a whole database, so the database must not be emptied for it";
    error.hint = "pgark restore takes parts";
    throw Exception(std::move(error));
  }

  const RollbackOptions& options_;
  Console& console_;
  const params::ConnectParams target_;
  std::vector<AsideDatabase> aside_;
  std::vector<AsideSchemas> sets_;  // in the database itself
};

}  // namespace

void add_rollback_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<RollbackOptions>();
  CLI::App* command = program.add_subcommand("rollback", "Take back a restore that replaced a database");
  command->set_help_flag("--help", "show this page");
  add_connection_options(*command, options->target, "the database whose old state is wanted");
  command->get_option("--dbname")->required();
  constexpr const char* kGroup = "What to take back";
  OptionGroup group(*command, kGroup);
  auto* to =
      group.value("--to", options->to, "DATABASE", "one that --list shows, instead of the newest old one");
  auto* from = group.value("--from", options->from, "ARCHIVE",
                           "empty the database and restore this backup of all of it: a path, or its name");
  auto* list = group.flag("-l,--list", options->list,
                          "print what stands beside the database, and whether it is whole");
  auto* discard = group.flag("--discard", options->discard, "drop what stands beside the database");
  group.flag("--force", options->force, "do not ask");
  group.value("--role", options->role, "ROLE", "become this role first (SET ROLE)");
  for (auto* one : {to, from, list, discard}) {
    for (auto* other : {to, from, list, discard}) {
      if (one != other) one->excludes(other);
    }
  }
  add_jobs_option(*command, options->jobs, "with --from: connections that load rows at the same time");
  add_notify_options(*command, invocation.notify);
  add_console_options(*command, invocation.console);
  command->footer(
      "pgark restore --strategy swap keeps the database that was in use under another name; this command\n"
      "exchanges the names again, in a moment. After --strategy in-place the old state is in the safety "
      "backup:\n--from restores it.\n\n"
      "Examples:\n"
      "  pgark rollback -d shop\n"
      "  pgark rollback -d shop --list\n"
      "  pgark rollback -d shop --from shop_before_restore_20260115T143000Z.pgark -j 4");
  command->callback([options, &invocation] {
    invocation.run = [options](Console& console) { return Rollback(*options, console).run(); };
  });
}

}  // namespace pgark::cli
