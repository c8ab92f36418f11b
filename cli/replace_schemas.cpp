// restore --strategy swap where no database may be made: new schemas beside those in use.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "base/sql_quote.hpp"
#include "cli/archive_check.hpp"
#include "cli/replace.hpp"
#include "cli/replace_guard.hpp"
#include "cli/runtime.hpp"
#include "cli/text.hpp"
#include "restore/chosen_toc.hpp"
#include "restore/replace/public_schema.hpp"
#include "restore/replace/replace.hpp"
#include "restore/replace/schema_swap.hpp"

namespace pgark::cli {

namespace {

namespace asio = boost::asio;
using protocol::Connection;
using restore::Aside;
using restore::Obstacle;

void in_target(const ReplaceRequest& request, Console& console,
               const std::function<asio::awaitable<void>(Connection&)>& step) {
  run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    restore::ReplaceTools replace{tools.executor, console, request.target, request.restore.role};
    co_await restore::run_in_target(std::move(replace), step);
  });
}

std::string unused_stamp(const ReplaceRequest& request, Console& console) {
  std::set<std::string> stamps;
  in_target(request, console, [&](Connection& connection) -> asio::awaitable<void> {
    const std::vector<restore::AsideSchemas> sets = co_await restore::find_aside_schemas(connection);
    for (const auto& set : sets) stamps.insert(set.stamp);
  });
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return restore::aside_stamp(restore::unused_second(stamps, now));
}

std::string unfinished_schema(const std::string& suffix) {
  return quote_identifier(std::string(restore::kUnfinishedSchema) + suffix);
}

restore::PublicSchema new_public(const ReplaceRequest& beside, const std::string& suffix) {
  const restore::RestoreOptions& options = beside.restore;
  restore::PublicSchema schema{"public" + suffix, restore::kPublicOwner, !options.no_owner};
  if (options.no_owner) return schema;
  const format::Toc& toc = beside.archive.toc();
  const auto chosen = value_or_throw(restore::ChosenToc::make(toc, options));
  for (const format::TocEntry& entry : toc.entries) {
    if (entry.kind != "SCHEMA" || entry.name != "public") continue;
    const std::string& owner = chosen.get().find(entry.id)->owner;
    if (!owner.empty()) schema.owner = owner;
  }
  return schema;
}

// Beside the one in use, unless that stays.
void make_public_beside(const ReplaceRequest& beside, const std::string& suffix, Console& console) {
  in_target(beside, console, [&](Connection& connection) -> asio::awaitable<void> {
    const restore::LiveSchemas live = co_await restore::look_at_schemas(connection);
    if (live.kept.schemas.contains("public")) co_return;
    restore::PublicSchema schema = new_public(beside, suffix);
    co_await restore::make_public(connection, std::move(schema), console);
  });
}

void run_in_target(const ReplaceRequest& request, std::string sql, Console& console) {
  in_target(request, console, [&sql](Connection& connection) -> asio::awaitable<void> {
    co_await connection.execute(std::move(sql));
  });
}

// What this restore has made so far.
void discard_new(const ReplaceRequest& request, const std::string& stamp, Console& console) {
  in_target(request, console, [&stamp](Connection& connection) -> asio::awaitable<void> {
    const std::vector<restore::AsideSchemas> sets = co_await restore::find_aside_schemas(connection);
    for (const auto& set : sets) {
      if (set.role == Aside::fresh && set.stamp == stamp)
        co_await restore::drop_schemas(connection, set.names);
    }
  });
}

void discard_after_failure(const ReplaceRequest& request, const std::string& stamp, Console& console) {
  console.message(Severity::notice, "dropping the new schemas; those in use are untouched",
                  request.target.database);
  try {
    discard_new(request, stamp, console);
  } catch (const Exception& exception) {
    console.message(
        Severity::warning,
        "could not be dropped: " + exception.error().to_string() + "; pgark rollback --discard does it later",
        "schemas *" + restore::aside_suffix(Aside::fresh, stamp));
  }
}

void check_texts(const ReplaceRequest& request, const std::string& suffix, Console& console) {
  in_target(request, console, [&suffix](Connection& connection) -> asio::awaitable<void> {
    const std::vector<Obstacle> left = co_await restore::text_leftovers(connection, suffix);
    if (!left.empty()) throw Exception(restore::obstacles_error(left, connection.peer()));
  });
}

Error not_exchanged(Error error, bool begun, const ReplaceRequest& request, const std::string& suffix) {
  // The server may have done it before we could hear of it.
  const bool unknown =
      begun && (error.code == ErrorCode::interrupted || error.code == ErrorCode::connection_lost);
  const std::string& database = request.target.database;
  error.hint =
      unknown
          ? fmt::format("whether the names were exchanged is not known: pgark rollback -d {} --list shows it",
                        database)
          : fmt::format(
                "the schemas of {} are in use as before; the restored ones wait as *{}: pgark "
                "rollback -d {} --to '*{}' tries again",
                database, suffix, database, suffix);
  return error;
}

}  // namespace

bool swaps_schemas(const ReplaceRequest& request, Console& console) {
  bool may = true;
  run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    restore::ReplaceTools replace{tools.executor, console, request.target, request.restore.role};
    may = co_await restore::may_make_databases(std::move(replace));
  });
  return !may;
}

restore::RestoreOptions plan_schemas(const ReplaceRequest& request, const std::string& stamp,
                                     Console& console) {
  const format::Toc& toc = request.archive.toc();
  restore::RestoreOptions beside;
  bool leaves_properties = false;
  in_target(request, console, [&](Connection& connection) -> asio::awaitable<void> {
    const restore::LiveSchemas live = co_await restore::look_at_schemas(connection);
    restore::SchemaPlan plan = restore::plan_schema_swap(toc, request.restore, live.kept);
    std::vector<Obstacle> obstacles = co_await restore::schema_obstacles(connection, live, /*makes=*/true);
    obstacles.insert(obstacles.begin(), plan.obstacles.begin(), plan.obstacles.end());
    beside = options_beside(plan, request.restore, restore::aside_suffix(Aside::fresh, stamp));
    if (plan.obstacles.empty()) {
      const auto chosen = value_or_throw(restore::ChosenToc::make(toc, beside));
      std::ranges::move(restore::text_obstacles(toc, plan, chosen.notes()), std::back_inserter(obstacles));
    }
    if (!obstacles.empty()) throw Exception(restore::obstacles_error(obstacles, connection.peer()));
    leaves_properties = plan.leaves_properties;
  });
  console.message(Severity::notice,
                  "this role may not make databases: new schemas are made beside those in use",
                  request.target.database);
  if (leaves_properties) {
    console.message(Severity::warning, "settings, privileges and comment of the database stay as they are",
                    request.target.database);
  }
  return beside;
}

RestoreResult restore_by_schemas(const ReplaceRequest& request, Console& console, nlohmann::json& more) {
  ReplaceGuard guard(request.target, request.restore.role, "pgark restore --strategy swap", console);
  const std::string stamp = unused_stamp(request, console);
  const std::string incoming = restore::aside_suffix(Aside::fresh, stamp),
                    outgoing = restore::aside_suffix(Aside::old, stamp);
  ReplaceRequest beside = request;
  beside.restore = plan_schemas(request, stamp, console);
  beside.restore.analyze = true;
  if (!request.choice.force) {
    ask_for_restore(look(request, console), request,
                    "restored into new schemas beside those in use and proved; then the names change places, "
                    "and the old ones are kept");
  }
  require_sound(request.archive, console);

  RestoreResult result;
  try {
    run_in_target(request, "CREATE SCHEMA " + unfinished_schema(incoming), console);
    make_public_beside(beside, incoming, console);
    result = run_restore_once(beside, /*verify=*/true, console);
    if (result.whole()) {
      check_texts(request, incoming, console);
      run_in_target(request, "DROP SCHEMA " + unfinished_schema(incoming), console);
    }
  } catch (...) {
    const std::exception_ptr failure = std::current_exception();
    discard_after_failure(request, stamp, console);
    std::rethrow_exception(failure);
  }
  if (!result.whole()) {
    discard_after_failure(request, stamp, console);
    return result;
  }
  console.phase("exchanging the names");
  double seconds = 0;
  bool begun = false;
  try {
    guard.check();
    begun = true;
    in_target(request, console, [&](Connection& connection) -> asio::awaitable<void> {
      seconds = co_await restore::exchange_schemas(connection, incoming, outgoing);
    });
  } catch (const Exception& exception) {
    throw Exception(not_exchanged(exception.error(), begun, request, incoming));
  }
  const std::string& database = request.target.database;
  console.message(
      Severity::info,
      fmt::format("the restored schemas took their place, for which writers waited {:.2f} s; the old "
                  "ones are *{}, and pgark rollback -d {} takes them back",
                  seconds, outgoing, database),
      database);
  more["swapped"] = {{"database", database}, {"schemas_kept_as", "*" + outgoing}, {"seconds", seconds}};
  return result;
}

}  // namespace pgark::cli
