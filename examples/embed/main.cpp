// Backs a database up from inside another program, with a callback that hears of the progress.
//
//   embed "host=db1 dbname=shop" shop.pgark
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/async/cpu_pool.hpp"
#include "base/async/spawned.hpp"
#include "base/events.hpp"
#include "dumper/dump.hpp"
#include "protocol/params/connect_params.hpp"
#include "storage/storage.hpp"

namespace {

using namespace pgark;
using namespace std::chrono_literals;

// What the backup says about itself, in words; how far it is stands in `progress`, for whoever looks.
class Talkative final : public EventSink {
 public:
  void phase(std::string_view name) override {
    std::printf("phase: %.*s\n", static_cast<int>(name.size()), name.data());
  }
  void message(Severity, std::string_view text, std::string_view object) override {
    std::printf("%.*s %.*s\n", static_cast<int>(text.size()), text.data(), static_cast<int>(object.size()),
                object.data());
  }
};

using OnProgress = std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_total)>;

dumper::DumpOutcome back_up(const char* database, const char* path, const OnProgress& on_progress) {
  params::CommandLineParams wanted;
  wanted.dbname = database;
  auto source = value_or_throw(params::resolve(wanted, params::process_environment()));
  auto file = value_or_throw(storage::create_archive_file(path, {}));
  auto writer = value_or_throw(format::ArchiveWriter::create(std::move(file)));
  dumper::DumpOptions options;
  options.jobs = 2;

  // One thread serves the sockets, the pool compresses.
  Talkative events;
  boost::asio::io_context context(1);
  async::CpuPool cpu(2);
  std::optional<dumper::DumpOutcome> outcome;
  std::exception_ptr failure;
  const auto backup = std::make_shared<async::Spawned>(context.get_executor());
  const async::Task task = [&]() -> boost::asio::awaitable<void> {
    outcome = co_await dumper::dump(context.get_executor(), cpu, std::move(source.params), std::move(options),
                                    std::move(writer), events);
  };
  backup->start(task, [&failure](std::exception_ptr error) { failure = std::move(error); });
  {
    const std::jthread watch([&](const std::stop_token& stop) {
      for (; !stop.stop_requested(); std::this_thread::sleep_for(100ms))
        on_progress(events.progress.bytes_done, events.progress.bytes_total);
    });
    context.run();
  }
  if (failure) std::rethrow_exception(failure);
  return std::move(*outcome);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: embed DATABASE ARCHIVE\n");
    return 2;
  }
  const OnProgress on_progress = [](std::uint64_t done, std::uint64_t total) {
    std::printf("%llu of %llu bytes\n", static_cast<unsigned long long>(done),
                static_cast<unsigned long long>(total));
  };
  try {
    const dumper::DumpOutcome outcome = back_up(argv[1], argv[2], on_progress);
    std::printf("saved %llu rows of %zu tables\n", static_cast<unsigned long long>(outcome.totals.rows),
                outcome.tables);
    for (const format::ReportItem& item : outcome.report)
      std::printf("%s %s: %s\n", item.kind.c_str(), item.name.c_str(), item.text.c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "embed: %s\n", error.what());
    return 1;
  }
}
