#include "dumper/catalog/reader.hpp"

#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <utility>
#include <vector>

#include "base/async/task_group.hpp"
#include "base/error.hpp"
#include "base/sqlstate.hpp"
#include "dumper/catalog/patterns.hpp"
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

namespace asio = boost::asio;

// The steps that one session runs, and what became of them.
struct Share {
  protocol::Connection* session;
  bool lets_go;                        // of the locks on catalogs, when it has read them: it waits idly then
  std::vector<std::size_t> positions;  // in `steps`
  std::exception_ptr failure;
};

// Locks on catalogs that somebody rewrites (VACUUM FULL) are not waited for longer than this: he may himself
// wait for the other session of this dump, and that only we could see.
constexpr const char* kBoundedLockWaits = "SET lock_timeout = '10s'";

constexpr std::string_view kInvalidRegularExpression = "2201B", kUntranslatableCharacter = "22P05";

// Says which family's statement failed: the server's text alone rarely does.
Error with_family(Error error, const std::string& what) {
  // Only patterns are compiled, and turned from one encoding into another.
  const std::string state = error.server ? error.server->sqlstate : std::string();
  if (state == kInvalidRegularExpression || state == kUntranslatableCharacter) {
    Error usage;
    usage.code = ErrorCode::usage;
    usage.message = "the server cannot use a name pattern: " + error.server->message;
    usage.object = what;
    usage.hint = "put characters that are part of a name in double quotes inside the pattern";
    return usage;
  }
  if (state == sqlstate::kLockNotAvailable) {
    Error changing;
    changing.code = ErrorCode::snapshot;
    changing.message = "a system catalog is being rewritten, as VACUUM FULL does it";
    changing.object = "reading " + what;
    changing.hint = "run the backup again when that has ended";
    return changing;
  }
  if (error.code == ErrorCode::server && error.object.empty()) error.object = "reading " + what;
  return error;
}

// Sends the steps of a share in one round trip. A failure of the server's is left in the share, so that the
// other session comes to the end of its own.
asio::awaitable<void> send(Share& share, Steps& steps, std::vector<wire::ResultSet>& results) {
  std::vector<protocol::Statement> statements;
  statements.reserve(share.positions.size() + 4);
  statements.push_back({kBoundedLockWaits, {}});
  if (share.lets_go) statements.push_back({"SAVEPOINT pgark_share", {}});
  const std::size_t first = statements.size();
  for (const std::size_t at : share.positions) {
    statements.push_back({std::move(steps[at].sql), std::move(steps[at].parameters)});
  }
  if (share.lets_go) {
    statements.push_back({"ROLLBACK TO SAVEPOINT pgark_share", {}});
    statements.push_back({"RELEASE SAVEPOINT pgark_share", {}});
  }
  std::size_t failed = statements.size();
  try {
    std::vector<wire::ResultSet> answers = co_await share.session->pipeline(std::move(statements), &failed);
    for (std::size_t i = 0; i < share.positions.size(); ++i)
      results[share.positions[i]] = std::move(answers[first + i]);
  } catch (const Exception& exception) {
    Error error = exception.error();
    if (failed >= first && failed < first + share.positions.size())
      error = with_family(std::move(error), steps[share.positions[failed - first]].what);
    share.failure = std::make_exception_ptr(Exception(std::move(error)));
  }
}

// What the leader does before its steps; may be empty.
using Preparation = std::function<asio::awaitable<void>()>;

// A failure to prepare is left in the share as well.
asio::awaitable<void> prepare_and_send(Share& share, const Preparation& prepare, Steps& steps,
                                       std::vector<wire::ResultSet>& results) {
  try {
    if (prepare) co_await prepare();
  } catch (const Exception&) {
    share.failure = std::current_exception();
  }
  if (!share.failure) co_await send(share, steps, results);
}

asio::awaitable<void> send_both(Share& leader, const Preparation& prepare, Share& helper, Steps& steps,
                                std::vector<wire::ResultSet>& results) {
  async::TaskGroup group(leader.session->executor());
  const async::Task here = [&] { return prepare_and_send(leader, prepare, steps, results); };
  const async::Task there = [&] { return send(helper, steps, results); };
  group.spawn(leader.session->executor(), here);
  group.spawn(helper.session->executor(), there);
  co_await group.join();
}

// Runs all steps, those that read catalogs only in the helper's session if there is one, and gives each its
// result in their order. The helper does not wait for the leader's preparation.
asio::awaitable<void> run(ReadingSessions sessions, Reading& reading, Steps steps, Preparation prepare) {
  Share leader{&sessions.leader, false, {}, {}}, helper{sessions.helper, true, {}, {}};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool elsewhere = steps[i].catalog_only && sessions.helper != nullptr;
    (elsewhere ? helper : leader).positions.push_back(i);
  }
  std::vector<wire::ResultSet> results(steps.size());
  if (helper.positions.empty()) {
    co_await prepare_and_send(leader, prepare, steps, results);
  } else {
    co_await send_both(leader, prepare, helper, steps, results);
  }
  for (const Share* share : {&leader, &helper}) {
    if (share->failure) std::rethrow_exception(share->failure);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i].take(reading, results[i]);
}

Steps first_round(const Reading& reading, PatternMatching& patterns) {
  Steps steps;
  steps.push_back(command_step("SAVEPOINT pgark_reading"));
  patterns.add_steps(steps);
  add_roles(steps);
  add_globals_check(reading, steps);
  add_database(reading, steps);
  add_extension_members(steps);
  add_namespaces(reading, steps);
  add_extensions(steps);
  add_relations(steps);
  add_inheritance(reading, steps);
  add_owned_sequences(steps);
  return steps;
}

void select(Reading& reading, MatchedPatterns matched) {
  Catalog& catalog = reading.catalog;
  reading.selector = Selector(reading.options.selection, std::move(matched));
  reading.selector.select_namespaces(catalog.namespaces);
  reading.selector.select_extensions(catalog.extensions);
  for (Relation& relation : catalog.relations) relation.components = reading.selector.of_relation(relation);
  reading.selector.add_owned_sequences(catalog.relations, catalog.sequences);
  reading.selector.add_config_tables(catalog);
  reading.selector.leave_rows_out(catalog.relations);
  reading.selector.mark_interesting(catalog.relations);
}

std::vector<TableToLock> tables_to_lock(const Catalog& catalog) {
  std::vector<TableToLock> tables;
  for (const Relation& relation : catalog.relations) {
    const bool lockable = relation.kind == 'r' || relation.kind == 'p';
    if (lockable && (relation.components & (kDefinition | kData | kPolicy)) != 0) {
      tables.push_back({relation.oid, relation.name_sql});
    }
  }
  return tables;
}

Steps second_round(Reading& reading) {
  Steps steps;
  // Adds the steps of families that read catalogs only: about half of the work.
  const auto elsewhere = [&steps](auto add) {
    const std::size_t before = steps.size();
    add();
    for (std::size_t i = before; i < steps.size(); ++i) steps[i].catalog_only = true;
  };
  add_relation_definitions(reading, steps);
  add_relation_sizes(reading, steps);
  elsewhere([&] { add_columns(reading, steps); });
  add_defaults(reading, steps);
  elsewhere([&] { add_indexes(reading, steps); });
  add_planned_functions(steps);
  add_constraints(reading, steps);
  add_sequences(reading, steps);
  add_sequence_values(reading, steps);
  add_types(reading, steps);
  add_type_details(reading, steps);
  add_functions(reading, steps);
  add_aggregates(steps);
  add_languages(steps);
  add_collations(reading, steps);
  add_casts(steps);
  add_operators(steps);
  add_operator_classes(steps);
  add_text_search(steps);
  add_triggers(reading, steps);
  add_rules(reading, steps);
  add_publications(reading, steps);
  add_subscriptions(reading, steps);
  add_default_acls(steps);
  add_large_objects(reading, steps);
  add_statistics(reading, steps);
  add_policies(reading, steps);
  add_extended_statistics(reading, steps);
  add_event_triggers(steps);
  add_foreign_data(steps);
  add_security_labels(steps);
  elsewhere([&] { add_dependencies(steps); });
  elsewhere([&] { add_comments(steps); });
  add_globals(reading, steps);
  elsewhere([&] { add_collation_versions(reading, steps); });
  add_unhandled(reading, steps);
  add_extension_extras(reading, steps);
  return steps;
}

Steps third_round(const Reading& reading) {
  Steps steps;
  add_index_definitions(reading, steps);
  return steps;
}

}  // namespace

asio::awaitable<Catalog> read_catalog(ReadingSessions sessions, const DumpOptions& options,
                                      LockTables lock_tables) {
  Reading reading(options, sessions.leader.server_version_num());
  PatternMatching patterns(options.selection);
  const Preparation nothing;
  co_await run(sessions, reading, first_round(reading, patterns), nothing);
  select(reading, patterns.finish(reading.catalog));
  const Preparation lock = [&] { return lock_tables(reading.catalog, tables_to_lock(reading.catalog)); };
  co_await run(sessions, reading, second_round(reading), lock);
  co_await run(sessions, reading, third_round(reading), nothing);
  co_return std::move(reading.catalog);
}

}  // namespace pgark::dumper
