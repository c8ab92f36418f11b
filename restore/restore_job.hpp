// One restore from beginning to end: the phases and what they share. See restore.hpp for the contract.
//
// Thread rule: a strand of its own, on which run() is called; the first connection lives on it too. The
// archive, the CPU pool and the event sink outlive it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "restore/chosen_toc.hpp"
#include "restore/chunk_stream.hpp"
#include "restore/foreign_keys.hpp"
#include "restore/live/live_loads.hpp"
#include "restore/plan.hpp"
#include "restore/restore.hpp"
#include "restore/worker.hpp"

namespace pgark::restore {

// What is restored: an archive, or rows that are still coming. One of the pointers is set; all outlives the
// job.
struct RestoreInput {
  const format::Toc& toc;
  std::string name;
  const format::ArchiveReader* archive = nullptr;
  RowFeed* feed = nullptr;
};

class RestoreJob {
 public:
  RestoreJob(boost::asio::any_io_executor executor, boost::asio::any_io_executor strand, async::CpuPool& cpu,
             params::ConnectParams target, RestoreOptions options, RestoreInput input, EventSink& events);

  boost::asio::awaitable<RestoreOutcome> run();

 private:
  using StepIds = std::vector<StepId>;

  boost::asio::awaitable<void> run_phases();
  boost::asio::awaitable<void> open_target();
  boost::asio::awaitable<void> make_database();
  boost::asio::awaitable<void> prepare_target();
  boost::asio::awaitable<void> check_target();
  boost::asio::awaitable<void> check_room(protocol::Connection& connection);
  boost::asio::awaitable<void> make_schemas(protocol::Connection& connection);
  boost::asio::awaitable<void> begin_journal();
  bool touches_journal() const;
  bool live() const { return input_.feed != nullptr; }
  const char* aftermath() const;
  void begin_live();
  boost::asio::awaitable<void> await_totals();
  void verify_digests() const;
  Error with_resume_hint(Error error) const;
  boost::asio::awaitable<void> resume();
  boost::asio::awaitable<void> run_last_steps();
  void build_plan();
  bool in_transactions() const;
  boost::asio::awaitable<void> prepare_cluster(protocol::Connection& connection);
  boost::asio::awaitable<void> run_global(protocol::Connection& connection,
                                          const std::vector<DdlUnit>& units);
  boost::asio::awaitable<void> finish_cluster();
  boost::asio::awaitable<void> run_serial_steps();
  boost::asio::awaitable<void> run_serial(StepIds steps);
  boost::asio::awaitable<void> run_definitions(Worker& worker, StepIds steps);
  // Through the first so many connections.
  boost::asio::awaitable<void> run_parallel_steps(std::size_t connections);
  boost::asio::awaitable<void> empty_half_loaded_tables();
  boost::asio::awaitable<void> check_rows();
  void verify_rows() const;
  boost::asio::awaitable<void> leave_out_attachments();
  boost::asio::awaitable<void> drop_keys();
  boost::asio::awaitable<void> try_to_drop_keys();
  boost::asio::awaitable<void> put_keys_back();
  boost::asio::awaitable<void> validate_keys();
  void settle_key(const ForeignKey& key, std::optional<Error> error);
  bool has_open_keys() const;
  boost::asio::awaitable<void> run_analyze();
  boost::asio::awaitable<void> cancel_statements();

  void add_workers();
  bool creates_objects() const;
  void settle_unit(const DdlUnit& unit, std::optional<Error> error,
                   std::map<StepId, std::size_t>& units_left);
  void on_step(const Step& step, const StepOutcome& outcome);
  void on_loaded(const Step& step, const StepOutcome& outcome);
  bool restores_whole_database() const;
  void on_set_aside(const Step& step, const StepOutcome& outcome);
  void report_failures();
  void report_failure(const FailedEntry& failed);
  std::optional<StepId> step_of(const format::TocEntry& entry) const;
  Worker& leader() { return *workers_.front(); }

  boost::asio::any_io_executor executor_, strand_;
  const RestoreInput input_;
  const ChosenToc chosen_;
  const format::Toc& toc_;  // of chosen_
  EventSink& events_;
  async::CpuPool& cpu_;
  std::optional<ChunkDecoder> decoder_;  // of an archive
  WorkerContext context_;
  Journal journal_;
  bool mark_in_doubt_ = false;  // of a feed: it may be in the target or not
  std::optional<Selection> selection_;
  std::optional<RestorePlan> plan_;
  std::optional<LiveLoads> live_;                 // of a feed
  std::vector<std::unique_ptr<Worker>> workers_;  // the first one also does everything that is serial
  std::set<format::EntryId> kept_;                // not dropped by --clean, so not created either
  std::map<format::EntryId, std::uint64_t> rows_loaded_;
  std::map<format::EntryId, format::Digest128> digests_loaded_;  // of a feed
  std::vector<DdlUnit> own_role_;     // changes of the role that the restore is connected as: they come last
  std::optional<Error> first_error_;  // with exit_on_error
  std::mutex settling_;               // the plan and what belongs to it, while several workers create objects
  std::size_t failures_reported_ = 0;
  ForeignKeys keys_;                    // dropped for the rows
  std::vector<FailedEntry> lost_keys_;  // that could not be made again
  RestoreOutcome outcome_;
};

}  // namespace pgark::restore
