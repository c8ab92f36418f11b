// The part of a restore that concerns partitions of a table which it does not restore: see restore_job.hpp.
#include <algorithm>
#include <utility>

#include "base/sql_quote.hpp"
#include "restore/lone_partitions.hpp"
#include "restore/restore_job.hpp"
#include "restore/scheduler.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::EntryId;
using format::TocEntry;

// Settled here, so that nothing waits for them.
asio::awaitable<void> RestoreJob::set_attachments_aside() {
  LoneAttachments found =
      co_await find_lone_attachments(leader().connection(), toc_, input_.toc, *selection_, events_);
  outcome_.not_attached = std::move(found.never);
  late_attachments_ = std::move(found.late);
  for (const auto* const list : {&outcome_.not_attached, &late_attachments_}) {
    for (const EntryId id : *list) {
      const std::optional<StepId> step = step_of(*toc_.find(id));
      if (step && plan_->step(*step).state == StepState::waiting) plan_->done(*step);
    }
  }
}

// Now that the partition has its rows, indexes and keys, which take the places of those that attaching it
// would make.
asio::awaitable<void> RestoreJob::attach_to_what_is_there() {
  const int version = leader().connection().server_version_num();
  std::vector<DdlUnit> units;
  for (const EntryId id : late_attachments_) {
    const TocEntry& entry = *toc_.find(id);
    const auto failed = std::ranges::find_if(entry.dependencies, [this](EntryId needed) {
      return selection_->contains(needed) && !plan_->entry_done(needed);
    });
    if (failed != entry.dependencies.end()) {
      plan_->add_failure(
          entry, fail(ErrorCode::incomplete, "not tried, because " + one_line(describe(*toc_.find(*failed))) +
                                                 " could not be restored")
                     .value());
      continue;
    }
    for (DdlUnit& unit : create_units(entry, context_.options, version)) {
      if (!journal_.has(entry, unit.number)) units.push_back(std::move(unit));
    }
  }
  DdlRunner::Callbacks callbacks;
  callbacks.wanted = [this](const DdlUnit&) { return !first_error_; };
  callbacks.settled = [this](const DdlUnit& unit, std::optional<Error> error) {
    if (!error) return;
    error->message = told_with(unit, std::move(error->message));
    if (context_.options.stops_at_error() || is_disk_full(*error)) {
      first_error_ = std::move(error);
    } else {
      plan_->add_failure(*unit.entry, std::move(*error));
    }
  };
  if (!units.empty()) co_await leader().run_units(std::move(units), std::move(callbacks), "attachments");
  report_failures();
  if (first_error_) throw Exception(*first_error_);
}

}  // namespace pgark::restore
