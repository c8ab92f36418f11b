// The COPY half of Connection.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/async/spawned.hpp"
#include "protocol/connection.hpp"
#include "protocol/connection_impl.hpp"

namespace pgark::protocol {
namespace {

using Kind = wire::Action::Kind;

// Large enough to make headers and system calls free, small enough to notice a failed server soon.
constexpr std::size_t kCopyDataBytesMax = 256 * 1024;

// From here on a COPY OUT counts as bulk data.
constexpr std::uint64_t kBulkThresholdBytes = 1024 * 1024;

// Reads what the server says while the writer is busy, so that neither side can block the other, and a
// failure is seen while rows still flow. Started and joined by one write_copy().
class Watcher {
 public:
  Watcher(Session& session, wire::CopyInMachine& machine)
      : session_(session),
        step_(machine),
        state_(std::make_shared<State>(session.executor())),
        running_(std::make_shared<async::Spawned>(session.executor())) {}

  void start() {
    running_->start([this] { return watch(session_, step_, state_); },
                    [state = state_](std::exception_ptr failure) {
                      state->failure = std::move(failure);
                      state->finished = true;
                      state->wake_up.cancel();
                    });
  }

  // Stops it if it is still reading and waits for its end. REQUIRES: the coroutine does not throw when
  // cancelled (see join_watcher).
  asio::awaitable<void> join() {
    running_->cancel();
    while (!state_->finished) co_await state_->wake_up.async_wait(asio::as_tuple(asio::use_awaitable));
  }

  // After join(): how the COPY ended, if it did.
  std::optional<wire::Action>& action() { return state_->action; }
  std::exception_ptr failure() const { return state_->failure; }

 private:
  struct State {
    explicit State(const asio::any_io_executor& executor) : wake_up(executor) {
      wake_up.expires_at(asio::steady_timer::time_point::max());
    }
    asio::steady_timer wake_up;
    bool finished = false;
    std::optional<wire::Action> action;
    std::exception_ptr failure;
  };

  static asio::awaitable<void> watch(Session& session, MachineStep<wire::CopyInMachine>& step,
                                     std::shared_ptr<State> state) {
    try {
      state->action = co_await session.drive(step);
    } catch (const boost::system::system_error& error) {
      if (error.code() != asio::error::operation_aborted) throw;
    }
  }

  Session& session_;
  MachineStep<wire::CopyInMachine> step_;
  std::shared_ptr<State> state_;
  std::shared_ptr<async::Spawned> running_;
};

asio::awaitable<void> join_watcher(Watcher& watcher) {
  const bool throws_before = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await watcher.join();
  co_await asio::this_coro::throw_if_cancelled(throws_before);
  if (watcher.failure()) std::rethrow_exception(watcher.failure());
}

// All of `data`, or up to the message during which the server failed.
asio::awaitable<boost::system::error_code> send_copy_data(Session& session,
                                                          const wire::CopyInMachine& machine, ByteSpan data) {
  std::vector<std::byte> header;
  while (!data.empty() && !machine.server_failed()) {
    const ByteSpan piece = data.first(std::min(data.size(), kCopyDataBytesMax));
    header.clear();
    wire::CopyInMachine::append_copy_data_header(piece.size(), header);
    // A message is finished once begun: the server reads on and drops it, and a torn one would break the
    // stream.
    const auto error = co_await session.transport().write(header, piece);
    if (error) co_return error;
    data = data.subspan(piece.size());
  }
  co_return boost::system::error_code();
}

}  // namespace

asio::awaitable<void> Connection::begin_copy_out(std::string sql) {
  impl_->enter(Status::idle);
  const Impl::OperationGuard guard(*impl_);
  impl_->copied_bytes = 0;
  impl_->copy_out = std::make_unique<wire::CopyOutMachine>(std::move(sql), impl_->session->state());
  MachineStep step(*impl_->copy_out);
  wire::Action action = co_await impl_->session->drive(step);
  if (action.kind == Kind::data) {
    impl_->status = Status::copy_out;
  } else {
    impl_->conclude(std::move(action));
  }
}

asio::awaitable<bool> Connection::read_copy(ByteBuffer& out, std::size_t soft_limit_bytes) {
  impl_->enter(Status::copy_out);
  const Impl::OperationGuard guard(*impl_);
  Session& session = *impl_->session;
  wire::CopyOutMachine& machine = *impl_->copy_out;
  for (;;) {
    wire::Action action = machine.read(session.reader(), out, soft_limit_bytes);
    if (action.kind == Kind::data) {
      impl_->copied_bytes += out.size();
      // Small tables must not wait for a fill level they never reach.
      if (impl_->copied_bytes >= kBulkThresholdBytes) session.transport().set_bulk_reading(true);
      impl_->status = Status::copy_out;
      co_return true;
    }
    if (action.kind != Kind::need_read) {
      impl_->copy_rows = machine.row_count();
      session.transport().set_bulk_reading(false);
      impl_->conclude(std::move(action));
      co_return false;
    }
    const bool received = co_await session.receive();
    if (!received) impl_->conclude(wire::Action::broken(session.lost(machine.on_eof())));
  }
}

std::uint64_t Connection::copy_row_count() const {
  return impl_->copy_rows;
}

asio::awaitable<void> Connection::begin_copy_in(std::string sql) {
  impl_->enter(Status::idle);
  const Impl::OperationGuard guard(*impl_);
  impl_->copy_in = std::make_unique<wire::CopyInMachine>(std::move(sql), impl_->session->state());
  MachineStep step(*impl_->copy_in);
  wire::Action action = co_await impl_->session->drive(step);
  if (action.kind == Kind::data) {
    impl_->status = Status::copy_in;
  } else {
    impl_->conclude(std::move(action));
  }
}

asio::awaitable<void> Connection::write_copy(ByteSpan data) {
  impl_->enter(Status::copy_in);
  const Impl::OperationGuard guard(*impl_);
  Session& session = *impl_->session;
  wire::CopyInMachine& machine = *impl_->copy_in;
  Watcher watcher(session, machine);
  watcher.start();
  boost::system::error_code error;
  std::exception_ptr cancelled;
  try {
    error = co_await send_copy_data(session, machine, data);
  } catch (...) {
    cancelled = std::current_exception();  // joined first, thrown afterwards
  }
  co_await join_watcher(watcher);
  if (cancelled) std::rethrow_exception(cancelled);
  throw_if_aborted(error);
  std::optional<wire::Action> action = std::move(watcher.action());
  if (!action && (error || machine.server_failed())) {
    // The rest of the server's words, up to ReadyForQuery or the end of the stream.
    MachineStep step(machine);
    action = co_await session.drive(step);
  }
  if (action) {
    impl_->conclude(std::move(*action));
  } else {
    impl_->status = Status::copy_in;
  }
}

asio::awaitable<std::uint64_t> Connection::end_copy() {
  impl_->enter(Status::copy_in);
  const Impl::OperationGuard guard(*impl_);
  wire::CopyInMachine& machine = *impl_->copy_in;
  machine.end(impl_->session->out());
  MachineStep step(machine);
  wire::Action action = co_await impl_->session->drive(step);
  impl_->copy_rows = machine.row_count();
  impl_->conclude(std::move(action));
  co_return impl_->copy_rows;
}

asio::awaitable<void> Connection::abort_copy(std::string reason) {
  impl_->enter(Status::copy_in);
  const Impl::OperationGuard guard(*impl_);
  wire::CopyInMachine& machine = *impl_->copy_in;
  machine.abort(reason, impl_->session->out());
  MachineStep step(machine);
  wire::Action action = co_await impl_->session->drive(step);
  // The server may have failed by itself just before; that error is as expected as the one provoked.
  if (action.kind == Kind::failed) action = wire::Action::done();
  impl_->conclude(std::move(action));
}

}  // namespace pgark::protocol
