// The part of a restore that concerns the whole cluster: see restore_job.hpp.
#include <utility>

#include "format/entry_properties.hpp"
#include "restore/globals.hpp"
#include "restore/requirements.hpp"
#include "restore/restore_job.hpp"
#include "restore/statements.hpp"
#include "restore/target.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::is_global;
using format::TocEntry;

asio::awaitable<void> RestoreJob::prepare_cluster(protocol::Connection& connection) {
  const std::set<std::string> forbidden =
      co_await check_requirements(connection, toc_, *selection_, context_.options, events_);
  context_.options.owners_left_out.assign(forbidden.begin(), forbidden.end());
  if (!context_.options.globals) co_return;
  events_.phase("restoring roles and tablespaces");
  const ClusterState cluster = co_await read_cluster(connection);
  for (const Step& step : plan_->steps()) {
    const TocEntry& entry = *step.entry;
    if (!is_global(entry)) continue;
    std::vector<DdlUnit> units = create_units(entry, context_.options, connection.server_version_num());
    if (exists_in(cluster, entry) && !units.empty()) units.erase(units.begin());
    if (is_about_session(cluster, entry)) {
      for (DdlUnit& unit : units) own_role_.push_back(std::move(unit));
    } else {
      co_await run_global(connection, units);
    }
    if (plan_->step(step.id).state == StepState::waiting) plan_->done(step.id);
    report_failures();
  }
}

// One statement each, in a transaction of its own: CREATE TABLESPACE must have that, and what fails must not
// take others along.
asio::awaitable<void> RestoreJob::run_global(protocol::Connection& connection,
                                             const std::vector<DdlUnit>& units) {
  for (const DdlUnit& unit : units) {
    for (const std::string& sql : unit.statements) {
      std::optional<Error> failed;
      try {
        co_await connection.execute(sql);
      } catch (const Exception& exception) {
        if (!is_statement_failure(exception.error(), connection)) throw;
        failed = with_entry(exception.error(), *unit.entry, sql);
      }
      if (!failed) continue;
      if (context_.options.stops_at_error()) throw Exception(std::move(*failed));
      plan_->add_failure(*unit.entry, std::move(*failed));
    }
  }
}

asio::awaitable<void> RestoreJob::finish_cluster() {
  const std::vector<DdlUnit> units = std::exchange(own_role_, {});
  co_await run_global(leader().connection(), units);
  report_failures();
}

}  // namespace pgark::restore
