#include "cli/live_restore.hpp"

#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <exception>
#include <set>
#include <utility>

namespace pgark::cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<restore::RestoreOutcome> run_sides(RuntimeTools tools, async::Task source,
                                                   restore::RowFeed& feed, const LiveRestore& restore,
                                                   Console& console) {
  restore::RestoreOutcome outcome;
  const auto owner = co_await asio::this_coro::executor;
  async::TaskGroup sides(owner);
  async::Task restoring = [&]() -> asio::awaitable<void> {
    co_await restore::await_toc(feed);
    if (restore.on_begin) restore.on_begin();
    outcome = co_await restore::restore_live(tools.executor, tools.cpu, restore.target, restore.options, feed,
                                             console);
  };
  // Whatever the other side is told in consequence, what befell the source is why.
  std::exception_ptr source_failure, failure;
  async::Task reading = [&]() -> asio::awaitable<void> {
    try {
      co_await source();
    } catch (const Exception&) {
      source_failure = std::current_exception();
      throw;
    }
  };
  sides.spawn(owner, std::move(reading));
  sides.spawn(owner, std::move(restoring));
  try {
    co_await sides.join();
  } catch (const Exception&) {
    throw;
  } catch (...) {
    failure = source_failure ? source_failure : std::current_exception();
  }
  if (failure) std::rethrow_exception(failure);
  co_return outcome;
}

asio::awaitable<void> prove(RuntimeTools tools, LiveRestore restore, const restore::RowFeed& feed,
                            RestoreResult& result, Console& console) {
  if (!result.outcome.database.empty()) restore.target.database = result.outcome.database;
  const restore::ProofSource proved{*feed.final_toc(), nullptr, &feed.large_object_digest()};
  result.proof =
      co_await restore::prove(tools.executor, tools.cpu, std::move(restore.target),
                              std::move(restore.options), proved, result.outcome.not_restored(), console);
}

}  // namespace

std::size_t live_buffer_count(int jobs) {
  return 2 * static_cast<std::size_t>(jobs) + cpu_thread_count() + 2;
}

asio::awaitable<RestoreResult> restore_beside(RuntimeTools tools, async::Task source, restore::RowFeed& feed,
                                              LiveRestore restore, Console& console) {
  RestoreResult result;
  const auto start = std::chrono::steady_clock::now();
  console.begin_timeline();
  try {
    result.outcome = co_await run_sides(tools, std::move(source), feed, restore, console);
  } catch (const Exception& exception) {
    Error error = exception.error();
    if (!feed.left_marked() || error.hint.find(restore::kLeftMarked) != std::string::npos) throw;
    error.hint.append(error.hint.empty() ? "" : "; ").append(restore::kLeftMarked);
    throw Exception(std::move(error));
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  result.seconds = elapsed.count();
  result.timeline = console.timeline();
  if (restore.verify) co_await prove(tools, std::move(restore), feed, result, console);
  co_return result;
}

}  // namespace pgark::cli
