#include "protocol/connection.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <charconv>

#include "protocol/connection_errors.hpp"
#include "protocol/connection_impl.hpp"
#include "protocol/deadline.hpp"
#include "protocol/query.hpp"
#include "protocol/wire/message/terminate.hpp"
#include "protocol/wire/pipeline_machine.hpp"

namespace pgark::protocol {
namespace {

constexpr std::chrono::seconds kCloseTimeout(2);

std::shared_ptr<const CancelHandle::Target> cancel_target(const Connected& connected,
                                                          const params::ConnectParams& params) {
  auto target = std::make_shared<CancelHandle::Target>();
  target->address = connected.address;
  target->socket = socket_options(params);
  target->tls = connected.tls;
  target->direct_tls = params.ssl.negotiation == params::SslNegotiation::direct;
  target->host = connected.host.host;
  target->backend_pid = connected.session->state().backend_pid;
  target->key = connected.session->state().cancel_key;
  return target;
}

// "15.18 (Debian 15.18-0)" is 150018, "9.6.24" is 90624, "19beta1" is 190000.
int parse_server_version(std::string_view text) {
  int parts[3] = {0, 0, 0};
  int count = 0;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (count < 3) {
    const auto [after, error] = std::from_chars(at, end, parts[count]);
    if (error != std::errc{}) break;
    ++count;
    if (after == end || *after != '.') break;
    at = after + 1;
  }
  if (parts[0] >= 10) return parts[0] * 10000 + parts[1];
  return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

std::vector<wire::PipelineStatement> to_wire(std::vector<Statement> statements) {
  std::vector<wire::PipelineStatement> result;
  result.reserve(statements.size());
  for (Statement& statement : statements) {
    result.push_back({std::move(statement.sql), std::move(statement.parameters)});
  }
  return result;
}

}  // namespace

Connection::Impl::Impl(Connected connected, const params::ConnectParams& params)
    : peer(connected.host.describe()), cancel_target(protocol::cancel_target(connected, params)) {
  session = std::move(connected.session);
}

void Connection::Impl::enter(Status expected) {
  if (status == Status::broken) {
    Error error;
    error.code = ErrorCode::connection_lost;
    error.message = "the connection has been lost before";
    error.object = peer;
    throw Exception(std::move(error));
  }
  assert(status == expected && "one operation at a time");
  static_cast<void>(expected);
  status = Status::busy;
}

void Connection::Impl::conclude(wire::Action action) {
  copy_out.reset();
  copy_in.reset();
  if (action.kind == wire::Action::Kind::done) {
    status = Status::idle;
    return;
  }
  if (action.kind == wire::Action::Kind::failed) {
    status = Status::idle;
  } else {
    set_broken();
  }
  throw Exception(session_error(std::move(action.error), peer));
}

void Connection::Impl::set_broken() noexcept {
  status = Status::broken;
  session->transport().close();
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

asio::awaitable<std::unique_ptr<Connection>> Connection::connect(asio::any_io_executor executor,
                                                                 params::ConnectParams params,
                                                                 NoticeHandler on_notice) {
  Connected connected = co_await find_server(executor, params, std::move(on_notice));
  auto impl = std::make_unique<Impl>(std::move(connected), params);
  co_return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

Status Connection::status() const {
  return impl_->status;
}
asio::any_io_executor Connection::executor() const {
  return impl_->session->executor();
}
std::uint32_t Connection::backend_pid() const {
  return impl_->session->state().backend_pid;
}
std::string_view Connection::parameter(std::string_view name) const {
  return impl_->session->state().parameter(name);
}
int Connection::server_version_num() const {
  return parse_server_version(parameter("server_version"));
}
char Connection::transaction_status() const {
  return impl_->session->state().transaction_status;
}
bool Connection::uses_tls() const {
  return impl_->session->transport().uses_tls();
}
const std::string& Connection::peer() const {
  return impl_->peer;
}
CancelHandle Connection::cancel_handle() const {
  return CancelHandle(impl_->cancel_target);
}

asio::awaitable<std::vector<wire::ResultSet>> Connection::query_all(std::string sql) {
  impl_->enter(Status::idle);
  const Impl::OperationGuard guard(*impl_);
  QueryOutcome outcome =
      co_await run_query(*impl_->session, std::move(sql), wire::SimpleQueryMachine::Rows::keep);
  impl_->conclude(std::move(outcome.action));
  co_return std::move(outcome.results);
}

asio::awaitable<wire::ResultSet> Connection::query(std::string sql) {
  std::vector<wire::ResultSet> results = co_await query_all(std::move(sql));
  assert(results.size() == 1 && "a single statement");
  if (results.empty()) co_return wire::ResultSet();
  co_return std::move(results.front());
}

asio::awaitable<void> Connection::execute(std::string sql) {
  impl_->enter(Status::idle);
  const Impl::OperationGuard guard(*impl_);
  QueryOutcome outcome =
      co_await run_query(*impl_->session, std::move(sql), wire::SimpleQueryMachine::Rows::discard);
  impl_->conclude(std::move(outcome.action));
}

asio::awaitable<std::vector<wire::ResultSet>> Connection::pipeline(std::vector<Statement> statements,
                                                                   std::size_t* failed_index) {
  impl_->enter(Status::idle);
  const Impl::OperationGuard guard(*impl_);
  wire::PipelineMachine machine(to_wire(std::move(statements)), impl_->session->state());
  MachineStep step(machine);
  wire::Action action = co_await impl_->session->drive(step);
  if (failed_index != nullptr && action.kind != wire::Action::Kind::done)
    *failed_index = machine.failed_index();
  impl_->conclude(std::move(action));
  co_return machine.take_results();
}

asio::awaitable<void> Connection::close() {
  // Also works, and does not throw, in a coroutine that was cancelled.
  const bool throws_before = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  Transport& transport = impl_->session->transport();
  try {
    if (impl_->status == Status::idle) {
      const Deadline deadline(executor(), kCloseTimeout, [&transport] { transport.close(); });
      std::vector<std::byte> goodbye;
      wire::append_terminate(goodbye);
      static_cast<void>(co_await transport.write(goodbye));
      co_await transport.shutdown(kCloseTimeout);
    }
  } catch (const std::exception&) {
    // Nothing depends on a goodbye; the socket is closed below.
  }
  impl_->set_broken();
  co_await asio::this_coro::throw_if_cancelled(throws_before);
}

}  // namespace pgark::protocol
