#include "protocol/startup.hpp"

#include <boost/system/system_error.hpp>

#include "protocol/connection_errors.hpp"
#include "protocol/deadline.hpp"

namespace pgark::protocol {
namespace {

wire::ChannelBindingPolicy binding_policy(params::ChannelBinding binding) {
  switch (binding) {
    case params::ChannelBinding::disable: return wire::ChannelBindingPolicy::disable;
    case params::ChannelBinding::prefer: return wire::ChannelBindingPolicy::prefer;
    case params::ChannelBinding::require: return wire::ChannelBindingPolicy::require;
  }
  return wire::ChannelBindingPolicy::prefer;
}

wire::StartupOptions startup_options(const Destination& destination, wire::TlsPolicy policy) {
  const params::ConnectParams& params = destination.params;
  wire::StartupOptions options;
  options.user = params.user;
  options.password = destination.host.password;
  options.parameters = {{"database", params.database},
                        {"application_name", params.application_name},
                        {"client_encoding", params.client_encoding},
                        {"options", params.options},
                        {"replication", params.replication ? "true" : ""}};
  options.tls = policy;
  options.direct_tls =
      policy == wire::TlsPolicy::required && params.ssl.negotiation == params::SslNegotiation::direct;
  options.auth_methods = params.require_auth.allowed;
  options.channel_binding = binding_policy(params.channel_binding);
  return options;
}

// The handshake; fills `attempt.tls` or returns the error.
asio::awaitable<Result<>> start_tls(const Destination& destination, TlsContextSource& tls, Attempt& attempt) {
  Session& session = *attempt.session;
  attempt.stage = Attempt::Stage::tls;
  // Bytes that came in clear behind the server's answer could pass for decrypted ones (CVE-2021-23222).
  if (session.reader().buffered() != 0) {
    co_return fail(ErrorCode::protocol, "received unencrypted data after the answer to the TLS request", {},
                   "something between here and the server may be tampering with the connection");
  }
  auto context = tls.get();
  if (!context) co_return tl::unexpected(context.error());
  auto handshake = (*context)->new_session(destination.host.host);
  if (!handshake) co_return tl::unexpected(handshake.error());
  const bool direct = destination.params.ssl.negotiation == params::SslNegotiation::direct;
  auto started = co_await session.transport().start_tls(std::move(*handshake), direct);
  if (started) {
    attempt.tls = *context;
    attempt.stage = Attempt::Stage::startup;
  }
  co_return started;
}

asio::awaitable<void> authenticate(const Destination& destination, wire::TlsPolicy policy,
                                   TlsContextSource& tls, Attempt& attempt) {
  Session& session = *attempt.session;
  wire::StartupMachine machine(startup_options(destination, policy), session.state());
  MachineStep step(machine);
  for (;;) {
    wire::Action action = co_await session.drive(step);
    if (action.kind == wire::Action::Kind::done) {
      attempt.stage = Attempt::Stage::ready;
      co_return;
    }
    if (action.kind != wire::Action::Kind::start_tls) {
      attempt.error = startup_error(std::move(action.error));
      co_return;
    }
    auto started = co_await start_tls(destination, tls, attempt);
    if (!started) {
      attempt.error = std::move(started).error();
      co_return;
    }
    machine.tls_started(session.transport().end_point_binding());
  }
}

asio::awaitable<void> run(const Destination& destination, wire::TlsPolicy policy, TlsContextSource& tls,
                          Attempt& attempt) {
  const SocketOptions options = socket_options(destination.params);
  const auto error = co_await attempt.session->transport().connect(destination.address, options);
  throw_if_aborted(error);
  if (error) {
    attempt.error = dial_error(error, destination.address);
    co_return;
  }
  attempt.stage = Attempt::Stage::startup;
  co_await authenticate(destination, policy, tls, attempt);
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContextSource::get() {
  if (context_ == nullptr) {
    auto made = TlsContext::create(ssl_);
    if (!made) return made;
    context_ = *made;
  }
  return context_;
}

asio::awaitable<Attempt> open_session(asio::any_io_executor executor, const Destination& destination,
                                      wire::TlsPolicy policy, TlsContextSource& tls,
                                      NoticeHandler on_notice) {
  Attempt attempt;
  attempt.session = std::make_unique<Session>(executor);
  attempt.session->state().on_notice = std::move(on_notice);
  Session* const session = attempt.session.get();
  const int timeout_s = destination.params.connect_timeout_s;
  const Deadline deadline(executor, std::chrono::seconds(timeout_s),
                          [session] { session->transport().close(); });
  try {
    co_await run(destination, policy, tls, attempt);
  } catch (const boost::system::system_error&) {
    if (!deadline.expired()) throw;
  }
  if (deadline.expired()) {
    attempt.error = connect_timeout_error(timeout_s);
    attempt.timed_out = true;
  }
  if (attempt.error) {
    attempt.session.reset();
    if (attempt.error->object.empty())
      attempt.error->object = describe_target(destination.host, destination.address);
  }
  co_return attempt;
}

}  // namespace pgark::protocol
