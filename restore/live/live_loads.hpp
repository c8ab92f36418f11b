// Who loads what while the rows are still coming: between a RowFeed, the plan and the scheduler's runners.
//
// A runner takes the entry whose rows wait longest and keeps its COPY open as long as there are rows of it,
// or nothing else to do. Another may join it. An entry is done when its end was told and all its rows are
// loaded.
//
// Lifetime: feed and plan outlive it. Thread rule: the owner, an executor that runs one handler at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/async/wakeup.hpp"
#include "restore/live/row_feed.hpp"
#include "restore/plan.hpp"

namespace pgark::restore {

class LiveLoads {
 public:
  LiveLoads(boost::asio::any_io_executor owner, RestorePlan& plan, RowFeed& feed);
  ~LiveLoads();

  const boost::asio::any_io_executor& owner() const { return owner_; }
  // Notified whenever there may be something to do; to be notified by whoever settles steps.
  async::Wakeup& changed() { return changed_; }
  // How many runners share the work.
  void set_runners(std::size_t count) { runners_ = count; }

  // The step of the entry that an idle runner should load now, which is marked running; nullopt: none.
  std::optional<StepId> begin();
  void end(StepId id);
  // Of a step that begin() gave: the next rows, waiting for them; nullopt when the runner should end its
  // COPY.
  boost::asio::awaitable<std::optional<FedRows>> next_rows(StepId id);
  // Rows of a failed entry are of no use.
  void drop(StepId id);
  // Steps that have become complete, marked running: to be settled as done.
  std::vector<StepId> take_complete();

  // Throws rows away that no step is waiting for: they must not keep back those that come after them.
  void sweep();

  // A runner that has found nothing to do, until something changes. Throws ErrorCode::usage when nobody can
  // go on, as rows are needed that the feed has no room for.
  boost::asio::awaitable<void> wait();

 private:
  boost::asio::awaitable<void> wait_counted(std::size_t& count);
  bool may_begin(const Step& step) const;
  bool wanted_elsewhere() const;
  void check_progress() const;
  bool somebody_can_go_on() const;
  std::size_t loaders_of(StepId id) const;

  const boost::asio::any_io_executor owner_;
  RestorePlan& plan_;
  RowFeed& feed_;
  async::Wakeup changed_;
  std::size_t runners_ = 0;
  // Runners that wait: without work, inside a COPY that they may end, inside one that they may not.
  std::size_t idle_ = 0, in_copy_ = 0, bound_ = 0;
  std::map<StepId, std::size_t> loaders_;
  std::set<StepId> ended_;  // by the feed, not settled
  bool all_ended_ = false;
};

}  // namespace pgark::restore
