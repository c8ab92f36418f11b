#include "restore/restore.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "restore/restore_job.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

asio::awaitable<RestoreOutcome> restore(asio::any_io_executor executor, async::CpuPool& cpu,
                                        params::ConnectParams target, RestoreOptions options,
                                        const format::ArchiveReader& archive, EventSink& events) {
  const asio::any_io_executor strand = asio::make_strand(executor);
  const auto job = std::make_unique<RestoreJob>(executor, strand, cpu, std::move(target), std::move(options),
                                                archive, events);
  asio::awaitable<RestoreOutcome> running = job->run();
  RestoreOutcome outcome = co_await asio::co_spawn(strand, std::move(running), asio::use_awaitable);
  co_return outcome;
}

}  // namespace pgark::restore
