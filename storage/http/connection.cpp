#include "storage/http/connection.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>

#include "storage/http/tls_trust.hpp"

namespace pgark::storage::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kPoll{100};                // how soon a wish to stop is seen
constexpr milliseconds kAfterBrokenWrite{2'000};  // for the answer that may say why
constexpr std::size_t kHeaderBytesMax = std::size_t{64} << 10;
constexpr std::size_t kReadBytes = std::size_t{64} << 10;
constexpr std::uint64_t kErrorBytesMax = std::uint64_t{64} << 10;  // why, also where little is expected
constexpr int kInterimAnswersMax = 8;

using RequestMessage = bhttp::request<bhttp::span_body<const char>>;
using Serializer = bhttp::request_serializer<bhttp::span_body<const char>>;
using Parser = bhttp::response_parser<bhttp::buffer_body>;

RequestMessage to_message(const Request& request, const std::string& host) {
  RequestMessage message;
  message.version(11);
  message.method_string(request.method);
  message.target(request.target);
  message.set(bhttp::field::host, host);
  for (const Header& header : request.headers) message.set(header.name, header.value);
  const std::string_view body = as_text(request.body);
  message.body() = beast::span<const char>(body.data(), body.size());
  // Of GET, HEAD and DELETE without a body no length is said.
  if (!body.empty() || request.method == "PUT" || request.method == "POST")
    message.content_length(body.size());
  return message;
}

bool is_success(const Parser& parser) {
  return parser.get().result_int() / 100 == 2;
}

}  // namespace

struct Connection::Impl {
  Impl(Endpoint where, ConnectionChoice how)
      : endpoint(std::move(where)), choice(std::move(how)), resolver(context), socket(context) {}

  template <class Start>
  std::optional<Failure> run(Start start, milliseconds timeout, FailureKind kind);
  Failure abandon(FailureKind kind, std::string reason);
  std::optional<Failure> connect();
  std::optional<Failure> handshake();
  template <class Use>
  auto with_stream(Use use) {
    return tls ? use(*tls) : use(socket);
  }
  std::optional<Failure> send(const Request& request);
  std::optional<Failure> read_header(std::optional<Parser>& parser, const std::string& method,
                                     milliseconds timeout);
  std::optional<Failure> read_body(Parser& parser, const Call& call, std::string& text);
  Outcome<Response> receive(const Call& call, milliseconds timeout);

  const Endpoint endpoint;
  const ConnectionChoice choice;
  asio::io_context context{1};
  tcp::resolver resolver;
  tcp::socket socket;
  std::optional<asio::ssl::stream<tcp::socket&>> tls;
  beast::flat_buffer buffer;
  bool open = true;  // nothing has failed, and both sides want to go on
};

// Closes the socket, so that whatever waits for it ends, and lets it end.
Failure Connection::Impl::abandon(FailureKind kind, std::string reason) {
  open = false;
  resolver.cancel();
  error_code ignored;
  socket.close(ignored);
  context.restart();
  context.run();
  return {kind, std::move(reason)};
}

// Starts an asynchronous operation and runs it to its end. A failure of its own is of the kind that is given.
template <class Start>
std::optional<Failure> Connection::Impl::run(Start start, milliseconds timeout, FailureKind kind) {
  std::optional<error_code> result;
  start([&result](const error_code& error, auto&&...) { result = error; });
  const Clock::time_point deadline = Clock::now() + timeout;
  while (!result) {
    context.restart();
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    context.run_for(std::clamp(left, milliseconds(0), kPoll));
    if (result) break;
    if (choice.stop && choice.stop()) return abandon(FailureKind::interrupted, "stopped");
    if (Clock::now() >= deadline) return abandon(FailureKind::timed_out, "no answer in time");
  }
  if (!*result || *result == bhttp::error::need_buffer) return std::nullopt;
  open = false;
  const bool cut = *result == bhttp::error::end_of_stream || *result == bhttp::error::partial_message;
  if (!cut && result->category() == make_error_code(bhttp::error::end_of_stream).category())
    return Failure{FailureKind::malformed, "the answer is not HTTP: " + result->message()};
  return Failure{kind, cut ? "the server has closed the connection" : result->message()};
}

std::optional<Failure> Connection::Impl::connect() {
  tcp::resolver::results_type found;
  const std::string port = std::to_string(endpoint.port);
  auto failed = run(
      [&](auto done) {
        resolver.async_resolve(endpoint.host, port, tcp::resolver::numeric_service,
                               [&found, done](const error_code& error, auto results) mutable {
                                 found = std::move(results);
                                 done(error);
                               });
      },
      choice.timeouts.connect, FailureKind::lookup);
  if (failed) return failed;
  failed = run([&](auto done) { asio::async_connect(socket, found, std::move(done)); },
               choice.timeouts.connect, FailureKind::connect);
  if (failed) return failed;
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  return endpoint.tls ? handshake() : std::nullopt;
}

std::optional<Failure> Connection::Impl::handshake() {
  SSL* const session = new_tls_session(choice.trust->impl_->context, endpoint.host);
  if (session == nullptr) return Failure{FailureKind::tls, "cannot set up TLS"};
  tls.emplace(socket, session);
  auto failed = run([&](auto done) { tls->async_handshake(asio::ssl::stream_base::client, std::move(done)); },
                    choice.timeouts.connect, FailureKind::tls);
  if (!failed || failed->kind != FailureKind::tls) return failed;
  // A connection that was cut is tried again; a certificate does not change.
  if (SSL_get_verify_result(session) == X509_V_OK && failed->reason.find("SSL routines") == std::string::npos)
    return Failure{FailureKind::broken, "during the TLS handshake: " + failed->reason};
  return explain_handshake(session, endpoint.host, failed->reason);
}

std::optional<Failure> Connection::Impl::send(const Request& request) {
  RequestMessage message = to_message(request, endpoint.host_header());
  Serializer serializer(message);
  // Piece by piece, so that the deadline is of what moves and not of the whole.
  while (!serializer.is_done()) {
    auto failed = run(
        [&](auto done) {
          with_stream([&](auto& stream) { bhttp::async_write_some(stream, serializer, std::move(done)); });
        },
        choice.timeouts.idle, FailureKind::broken);
    if (failed) return failed;
  }
  return std::nullopt;
}

std::optional<Failure> Connection::Impl::read_header(std::optional<Parser>& parser, const std::string& method,
                                                     milliseconds timeout) {
  for (int interim = 0; interim < kInterimAnswersMax; ++interim) {
    parser.emplace();
    parser->header_limit(kHeaderBytesMax);
    parser->body_limit(boost::none);
    parser->skip(method == "HEAD");
    auto failed = run(
        [&](auto done) {
          with_stream([&](auto& stream) {
            bhttp::async_read_header(stream, buffer, *parser,
                                     [done](const error_code& error, std::size_t) mutable { done(error); });
          });
        },
        timeout, FailureKind::broken);
    if (failed) return failed;
    if (parser->get().result_int() >= 200) return std::nullopt;
  }
  return abandon(FailureKind::malformed, "the server never comes to its answer");
}

std::optional<Failure> Connection::Impl::read_body(Parser& parser, const Call& call, std::string& text) {
  const bool direct = call.into != nullptr && is_success(parser);
  const std::uint64_t text_bytes_max =
      is_success(parser) ? call.text_bytes_max : std::max(call.text_bytes_max, kErrorBytesMax);
  std::array<char, 4096> small{};
  while (!parser.is_done()) {
    // A server that sends a byte now and then keeps no wait from ending, and no caller from stopping.
    if (choice.stop && choice.stop()) return abandon(FailureKind::interrupted, "stopped");
    MutableByteSpan room(reinterpret_cast<std::byte*>(small.data()), small.size());
    if (direct && call.into->filled < call.into->space.size())
      room = call.into->space.subspan(call.into->filled);
    auto& body = parser.get().body();
    body.data = room.data();
    body.size = std::min(room.size(), kReadBytes);
    body.more = true;
    const std::size_t offered = body.size;
    auto failed = run(
        [&](auto done) {
          with_stream([&](auto& stream) { bhttp::async_read_some(stream, buffer, parser, std::move(done)); });
        },
        choice.timeouts.idle, FailureKind::broken);
    const std::size_t got = offered - parser.get().body().size;
    if (got > 0 && direct && room.data() == reinterpret_cast<std::byte*>(small.data()))
      return abandon(FailureKind::too_large, "the server sends more than was asked for");
    if (direct) {
      call.into->filled += got;
    } else {
      text.append(small.data(), got);
    }
    if (text.size() > text_bytes_max) return abandon(FailureKind::too_large, "the answer is too large");
    if (failed) return failed;
  }
  return std::nullopt;
}

Outcome<Response> Connection::Impl::receive(const Call& call, milliseconds timeout) {
  std::optional<Parser> parser;
  if (auto failed = read_header(parser, call.request.method, timeout)) return tl::unexpected(*failed);
  Response response;
  response.status = static_cast<int>(parser->get().result_int());
  for (const auto& field : parser->get()) {
    response.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  if (auto failed = read_body(*parser, call, response.body)) return tl::unexpected(*failed);
  if (!parser->keep_alive()) open = false;
  return response;
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

Outcome<std::unique_ptr<Connection>> Connection::open(const Endpoint& endpoint,
                                                      const ConnectionChoice& choice) {
  auto impl = std::make_unique<Impl>(endpoint, choice);
  if (auto failed = impl->connect()) return tl::unexpected(*failed);
  return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

Outcome<Response> Connection::exchange(const Call& call) {
  Impl& impl = *impl_;
  if (auto failed = impl.send(call.request)) {
    // A server that refuses a large body may answer and hang up before it has got all of it.
    if (failed->kind != FailureKind::broken) return tl::unexpected(*failed);
    auto answer = impl.receive(call, kAfterBrokenWrite);
    impl.open = false;
    if (answer && !answer->ok()) return answer;
    return tl::unexpected(*failed);
  }
  return impl.receive(call, impl.choice.timeouts.idle);
}

bool Connection::reusable() const {
  if (!impl_->open || impl_->buffer.size() > 0) return false;
  char byte = 0;
  const ssize_t waiting = ::recv(impl_->socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return waiting < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace pgark::storage::http
