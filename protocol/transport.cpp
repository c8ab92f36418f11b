#include "protocol/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cstring>
#include <optional>

#include "protocol/deadline.hpp"

namespace pgark::protocol {
namespace {

// One socket type for TCP and Unix sockets halves what the compiler has to instantiate.
using Socket = asio::generic::stream_protocol::socket;
using TlsStream = asio::ssl::stream<Socket&>;
// Bulk reading: how much to wait for, and how long; the wait grows while nothing comes at all.
constexpr int kBulkBytes = 128 * 1024;
constexpr std::chrono::milliseconds kBulkPatienceMin(2);
constexpr std::chrono::milliseconds kBulkPatienceMax(32);

constexpr auto kUseTuple = asio::as_tuple(asio::use_awaitable);

void set_option(int descriptor, int level, int name, int value) {
  // Best effort, as with every PostgreSQL client: a refused option does not prevent the connection.
  static_cast<void>(::setsockopt(descriptor, level, name, &value, sizeof value));
}

void apply_options(int descriptor, const SocketOptions& options) {
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.user_timeout_ms > 0)
    set_option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, options.user_timeout_ms);
  if (!options.keepalives) return;
  set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (options.keepalives_idle_s > 0)
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, options.keepalives_idle_s);
  if (options.keepalives_interval_s > 0) {
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, options.keepalives_interval_s);
  }
  if (options.keepalives_count > 0)
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, options.keepalives_count);
}

asio::generic::stream_protocol::endpoint endpoint_of(const SocketAddress& address) {
  const int protocol = address.is_unix() ? 0 : IPPROTO_TCP;
  return {&address.storage, address.length, protocol};
}

std::string describe_inet(const SocketAddress& address) {
  asio::ip::tcp::endpoint endpoint;
  std::memcpy(endpoint.data(), &address.storage, std::min<std::size_t>(address.length, endpoint.capacity()));
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

}  // namespace

std::string SocketAddress::describe() const {
  if (!is_unix()) return describe_inet(*this);
  const auto& address = reinterpret_cast<const sockaddr_un&>(storage);
  const std::size_t bytes = length - offsetof(sockaddr_un, sun_path);
  if (bytes > 1 && address.sun_path[0] == '\0') return "@" + std::string(address.sun_path + 1, bytes - 1);
  return address.sun_path;
}

Result<SocketAddress> unix_address(const std::string& path) {
  SocketAddress result;
  auto& address = reinterpret_cast<sockaddr_un&>(result.storage);
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::usage,
                "the path of the Unix socket is longer than the " +
                    std::to_string(sizeof address.sun_path - 1) + " bytes the system allows",
                path);
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const bool is_abstract = path.starts_with('@');
  if (is_abstract) address.sun_path[0] = '\0';
  const std::size_t terminator = is_abstract ? 0 : 1;
  result.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + terminator);
  return result;
}

SocketOptions socket_options(const params::ConnectParams& params) {
  SocketOptions options;
  options.keepalives = params.keepalives;
  options.keepalives_idle_s = params.keepalives_idle_s;
  options.keepalives_interval_s = params.keepalives_interval_s;
  options.keepalives_count = params.keepalives_count;
  options.user_timeout_ms = params.tcp_user_timeout_ms;
  return options;
}

struct Transport::Impl {
  explicit Impl(const asio::any_io_executor& executor) : socket(executor) {}
  Socket socket;
  std::unique_ptr<TlsSession> session;  // outlives `tls`
  std::optional<TlsStream> tls;
  bool is_tcp = false;
  bool bulk_reading = false;
};

Transport::Transport(const asio::any_io_executor& executor) : impl_(std::make_unique<Impl>(executor)) {}
Transport::~Transport() {
  close();
}

asio::awaitable<boost::system::error_code> Transport::connect(const SocketAddress& address,
                                                              const SocketOptions& options) {
  const auto endpoint = endpoint_of(address);
  boost::system::error_code error;
  impl_->socket.open(endpoint.protocol(), error);
  if (error) co_return error;
  impl_->is_tcp = !address.is_unix();
  if (impl_->is_tcp) apply_options(impl_->socket.native_handle(), options);
  const auto [failure] = co_await impl_->socket.async_connect(endpoint, kUseTuple);
  co_return failure;
}

asio::awaitable<Result<>> Transport::start_tls(std::unique_ptr<TlsSession> session, bool alpn_required) {
  impl_->session = std::move(session);
  impl_->tls.emplace(impl_->socket, impl_->session->release());
  const auto [error] = co_await impl_->tls->async_handshake(asio::ssl::stream_base::client, kUseTuple);
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error) {
    const bool closed = error == asio::ssl::error::stream_truncated || error == asio::error::eof;
    const std::string reason = closed ? "the server closed the connection" : error.message();
    co_return tl::unexpected(impl_->session->explain_failure(reason));
  }
  co_return impl_->session->check_peer(alpn_required);
}

bool Transport::uses_tls() const {
  return impl_->tls.has_value();
}

std::vector<std::byte> Transport::end_point_binding() const {
  return impl_->session == nullptr ? std::vector<std::byte>() : impl_->session->end_point_binding();
}

asio::awaitable<IoResult> Transport::read_some(MutableByteSpan into) {
  if (impl_->bulk_reading) co_return co_await read_bulk(into);
  const asio::mutable_buffer buffer(into.data(), into.size());
  if (!impl_->tls) {
    const auto [error, count] = co_await impl_->socket.async_read_some(buffer, kUseTuple);
    co_return IoResult{count, error};
  }
  auto [error, count] = co_await impl_->tls->async_read_some(buffer, kUseTuple);
  // PostgreSQL never sends close_notify; its own messages say where a reply ends, so that a truncated stream
  // cannot be taken for a complete one.
  if (error == asio::ssl::error::stream_truncated) error = asio::error::eof;
  co_return IoResult{count, error};
}

void Transport::set_bulk_reading(bool on) {
  if (!impl_->is_tcp || impl_->tls || impl_->bulk_reading == on) return;
  boost::system::error_code error;
  if (on) impl_->socket.non_blocking(true, error);
  if (error) return;
  set_option(impl_->socket.native_handle(), SOL_SOCKET, SO_RCVLOWAT, on ? kBulkBytes : 1);
  impl_->bulk_reading = on;
}

asio::awaitable<IoResult> Transport::read_bulk(MutableByteSpan into) {
  Socket& socket = impl_->socket;
  for (auto patience = kBulkPatienceMin;; patience = std::min(2 * patience, kBulkPatienceMax)) {
    // The last bytes of a stream never amount to the low-water mark: the deadline fetches them.
    const Deadline deadline(socket.get_executor(), patience, [&socket] {
      boost::system::error_code ignored;
      socket.cancel(ignored);
    });
    const auto [waited] = co_await socket.async_wait(Socket::wait_read, kUseTuple);
    if (waited && !deadline.expired()) co_return IoResult{0, waited};
    boost::system::error_code error;
    const std::size_t count = socket.read_some(asio::mutable_buffer(into.data(), into.size()), error);
    if (error != asio::error::would_block) co_return IoResult{count, error};
  }
}

bool Transport::has_input() const {
  boost::system::error_code error;
  return impl_->socket.available(error) > 0 && !error;
}

asio::awaitable<boost::system::error_code> Transport::write(ByteSpan first, ByteSpan second) {
  const std::array<asio::const_buffer, 2> buffers = {asio::const_buffer(first.data(), first.size()),
                                                     asio::const_buffer(second.data(), second.size())};
  if (!impl_->tls) {
    const auto [error, count] = co_await asio::async_write(impl_->socket, buffers, kUseTuple);
    co_return error;
  }
  const auto [error, count] = co_await asio::async_write(*impl_->tls, buffers, kUseTuple);
  co_return error;
}

asio::awaitable<void> Transport::shutdown(std::chrono::milliseconds timeout) {
  if (impl_->tls && impl_->socket.is_open()) {
    const Deadline deadline(impl_->socket.get_executor(), timeout, [this] { close(); });
    const auto [error] = co_await impl_->tls->async_shutdown(kUseTuple);
    static_cast<void>(error);  // nothing depends on a goodbye
  }
  close();
}

void Transport::close() noexcept {
  boost::system::error_code ignored;
  impl_->socket.close(ignored);
}

}  // namespace pgark::protocol
