#include "support/http_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>

namespace pgark::test {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      result += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
      at += 2;
    } else {
      result += text[at];
    }
  }
  return result;
}

std::map<std::string, std::string> parse_query(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    query[decoded(pair.substr(0, equals))] =
        equals == std::string_view::npos ? std::string() : decoded(pair.substr(equals + 1));
  }
  return query;
}

// The socket stays ours, so that its number is not given to another meanwhile. tcp(7): AF_UNSPEC.
void reset(int descriptor) {
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  ::connect(descriptor, &nowhere, sizeof nowhere);
}

HttpRequest parse_head(const std::string& head) {
  HttpRequest request;
  std::size_t line_end = head.find("\r\n");
  const std::string first = head.substr(0, line_end);
  request.method = first.substr(0, first.find(' '));
  request.target = first.substr(request.method.size() + 1, first.rfind(' ') - request.method.size() - 1);
  const std::size_t question = request.target.find('?');
  request.path = decoded(request.target.substr(0, question));
  if (question != std::string::npos) request.query = parse_query(request.target.substr(question + 1));
  while (line_end + 2 < head.size()) {
    const std::size_t next = head.find("\r\n", line_end + 2);
    const std::string line = head.substr(line_end + 2, next - line_end - 2);
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) {
      const std::size_t value = line.find_first_not_of(' ', colon + 1);
      request.headers[lower(line.substr(0, colon))] = value == std::string::npos ? "" : line.substr(value);
    }
    line_end = next;
  }
  return request;
}

}  // namespace

std::string HttpRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

// A socket with or without TLS over it.
class HttpServer::Peer {
 public:
  Peer(int descriptor, const ServerTls* tls) : descriptor_(descriptor) {
    if (tls == nullptr) return;
    ssl_ = tls->new_session();
    SSL_set_fd(ssl_, descriptor_);
    ok_ = SSL_accept(ssl_) == 1;
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { SSL_free(ssl_); }

  bool ok() const { return ok_; }
  void close_politely() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
  }
  std::size_t read(char* into, std::size_t bytes) {
    const long got = ssl_ != nullptr ? SSL_read(ssl_, into, static_cast<int>(bytes))
                                     : static_cast<long>(::recv(descriptor_, into, bytes, 0));
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  bool write(std::string_view text) {
    while (!text.empty()) {
      const long sent = ssl_ != nullptr
                            ? SSL_write(ssl_, text.data(), static_cast<int>(text.size()))
                            : static_cast<long>(::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL));
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

 private:
  const int descriptor_;
  ssl_st* ssl_ = nullptr;
  bool ok_ = true;
};

HttpServer::HttpServer(Handler handler, const ServerTls* tls) : handler_(std::move(handler)), tls_(tls) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to a client that has gone
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::listen(listener_, SOMAXCONN) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw std::system_error(errno, std::generic_category(), "a listening socket");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

HttpServer::~HttpServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int descriptor : sockets_) ::shutdown(descriptor, SHUT_RDWR);
  }
  for (std::thread& servant : servants_) servant.join();
  for (const int descriptor : sockets_) ::close(descriptor);
  ::close(listener_);
}

std::string HttpServer::url() const {
  return fmt::format("{}://127.0.0.1:{}", tls_ != nullptr ? "https" : "http", port_);
}

void HttpServer::accept_all() {
  while (!stopping_) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(client);
    servants_.emplace_back([this, client] { serve(client); });
  }
}

std::optional<HttpRequest> HttpServer::read_request(Peer& peer, std::string& buffer) {
  std::string piece(kReadBytes, '\0');
  const auto read_more = [&] {
    const std::size_t got = peer.read(piece.data(), piece.size());
    buffer.append(piece, 0, got);
    return got > 0;
  };
  while (buffer.find("\r\n\r\n") == std::string::npos) {
    if (!read_more()) return std::nullopt;
  }
  const std::size_t head_bytes = buffer.find("\r\n\r\n") + 4;
  HttpRequest request = parse_head(buffer.substr(0, head_bytes - 2));
  const std::string length = request.header("content-length");
  const std::size_t body_bytes = length.empty() ? 0 : std::stoull(length);
  // Large bodies go where they stay: a server that copies them would slow down what is measured with it.
  request.body = buffer.substr(head_bytes, body_bytes);
  buffer.erase(0, head_bytes + request.body.size());
  std::size_t have = request.body.size();
  request.body.resize(body_bytes);
  while (have < body_bytes) {
    const std::size_t got = peer.read(request.body.data() + have, body_bytes - have);
    if (got == 0) return std::nullopt;
    have += got;
  }
  return request;
}

void HttpServer::serve(int descriptor) {
  Peer peer(descriptor, tls_);
  std::string buffer;
  while (peer.ok() && !stopping_) {
    const auto request = read_request(peer, buffer);
    if (!request) break;
    const HttpReply reply = handler_(*request);
    if (reply.silent) {
      while (!stopping_) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      break;
    }
    if (reply.reset) {
      reset(descriptor);
      break;
    }
    const bool bodiless = request->method == "HEAD" || reply.status == 204;
    std::string text = fmt::format("HTTP/1.1 {} Some Words\r\n", reply.status);
    for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
    if (reply.close) text += "Connection: close\r\n";
    if (reply.chunked) {
      text += "Transfer-Encoding: chunked\r\n\r\n";
      const std::size_t half = reply.body.size() / 2;
      for (const std::string& part : {reply.body.substr(0, half), reply.body.substr(half)}) {
        if (!part.empty()) text += fmt::format("{:x}\r\n{}\r\n", part.size(), part);
      }
      text += "0\r\n\r\n";
    } else {
      if (reply.status != 204) text += fmt::format("Content-Length: {}\r\n", reply.body.size());
      text += "\r\n";
      if (!bodiless) text += reply.body.substr(0, reply.cut_after.value_or(reply.body.size()));
    }
    if (!peer.write(text)) break;
    if (reply.cut_after) {
      // What was sent is to arrive before the reset does.
      ::shutdown(descriptor, SHUT_WR);
      break;
    }
    if (reply.close) {
      peer.close_politely();
      break;
    }
  }
  ::shutdown(descriptor, SHUT_RDWR);
}

}  // namespace pgark::test
