#include "restore/restore.hpp"

#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <utility>

#include "base/async/run_on.hpp"
#include "restore/restore_job.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

namespace {

asio::awaitable<RestoreOutcome> run(asio::any_io_executor executor, async::CpuPool& cpu,
                                    params::ConnectParams target, RestoreOptions options, RestoreInput input,
                                    EventSink& events) {
  const asio::any_io_executor strand = asio::make_strand(executor);
  const auto job = std::make_unique<RestoreJob>(executor, strand, cpu, std::move(target), std::move(options),
                                                std::move(input), events);
  asio::awaitable<RestoreOutcome> running = job->run();
  RestoreOutcome outcome = co_await async::run_on(strand, std::move(running));
  co_return outcome;
}

asio::awaitable<void> await_early_toc(asio::any_io_executor strand, RowFeed& feed) {
  struct Listening {
    explicit Listening(RowFeed& of) : feed(of) {}
    ~Listening() { feed.listen({}); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    RowFeed& feed;
  };
  async::Wakeup changed(std::move(strand));
  const Listening listening(feed);
  feed.listen(changed.notifier());
  while (feed.early_toc() == nullptr) co_await changed.wait();
}

}  // namespace

std::set<format::EntryId> RestoreOutcome::not_restored() const {
  std::set<format::EntryId> entries(not_attached.begin(), not_attached.end());
  for (const FailedEntry& entry : failed) entries.insert(entry.entry);
  return entries;
}

asio::awaitable<RestoreOutcome> restore(asio::any_io_executor executor, async::CpuPool& cpu,
                                        params::ConnectParams target, RestoreOptions options,
                                        const format::ArchiveReader& archive, EventSink& events) {
  RestoreInput input{archive.toc(), archive.name(), &archive, nullptr};
  co_return co_await run(std::move(executor), cpu, std::move(target), std::move(options), std::move(input),
                         events);
}

asio::awaitable<void> await_toc(RowFeed& feed) {
  const asio::any_io_executor strand = asio::make_strand(co_await asio::this_coro::executor);
  asio::awaitable<void> waiting = await_early_toc(strand, feed);
  co_await async::run_on(strand, std::move(waiting));
}

asio::awaitable<RestoreOutcome> restore_live(asio::any_io_executor executor, async::CpuPool& cpu,
                                             params::ConnectParams target, RestoreOptions options,
                                             RowFeed& feed, EventSink& events) {
  if (options.resume)
    throw Exception(
        fail(ErrorCode::usage, "rows that come but once cannot be resumed: --resume is for archives")
            .value());
  if (options.drop_foreign_keys)
    throw Exception(
        fail(ErrorCode::usage, "foreign keys are not dropped for rows that come but once").value());
  RestoreInput input{*feed.early_toc(), "the source", nullptr, &feed};
  co_return co_await run(std::move(executor), cpu, std::move(target), std::move(options), std::move(input),
                         events);
}

}  // namespace pgark::restore
