#include "support/scripted_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace pgark::test {

namespace backend {

std::string u16(unsigned value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}
std::string u32(std::uint32_t value) {
  return u16(value >> 16) + u16(value & 0xffff);
}

std::string message(char type, std::string_view payload) {
  return type + u32(static_cast<std::uint32_t>(payload.size() + 4)) + std::string(payload);
}
std::string auth_request(std::uint32_t code, std::string_view data) {
  return message('R', u32(code) + std::string(data));
}
std::string auth_ok() {
  return auth_request(0);
}
std::string parameter(std::string_view name, std::string_view value) {
  return message('S', std::string(name) + '\0' + std::string(value) + '\0');
}
std::string key_data(std::uint32_t pid, std::string_view secret) {
  return message('K', u32(pid) + std::string(secret));
}
std::string ready(char transaction_status) {
  return message('Z', std::string_view(&transaction_status, 1));
}

namespace {
std::string fields(std::string_view severity, std::string_view sqlstate, std::string_view text) {
  const auto field = [](char code, std::string_view value) { return code + std::string(value) + '\0'; };
  return field('S', severity) + field('V', severity) + field('C', sqlstate) + field('M', text) + '\0';
}
}  // namespace

std::string error(std::string_view severity, std::string_view sqlstate, std::string_view text) {
  return message('E', fields(severity, sqlstate, text));
}
std::string notice(std::string_view text) {
  return message('N', fields("NOTICE", "00000", text));
}

std::string row_description(std::initializer_list<std::string_view> columns) {
  std::string payload = u16(static_cast<unsigned>(columns.size()));
  for (const std::string_view name : columns) {
    payload += std::string(name) + '\0' + u32(0) + u16(0) + u32(25) + u16(0xffff) + u32(0xffffffff) + u16(0);
  }
  return message('T', payload);
}
std::string data_row(std::initializer_list<std::optional<std::string_view>> cells) {
  std::string payload = u16(static_cast<unsigned>(cells.size()));
  for (const auto& cell : cells) {
    payload += cell ? u32(static_cast<std::uint32_t>(cell->size())) + std::string(*cell) : u32(0xffffffff);
  }
  return message('D', payload);
}
std::string complete(std::string_view tag) {
  return message('C', std::string(tag) + '\0');
}
std::string copy_out_response() {
  return message('H', std::string(1, '\0') + u16(1) + u16(0));
}
std::string copy_in_response() {
  return message('G', std::string(1, '\0') + u16(1) + u16(0));
}
std::string copy_data(std::string_view rows) {
  return message('d', rows);
}
std::string copy_done() {
  return message('c', {});
}

std::string greeting(std::initializer_list<std::pair<std::string_view, std::string_view>> more_parameters) {
  std::string bytes = auth_ok() + parameter("server_version", "15.3 (Debian 15.3-0)");
  for (const auto& [name, value] : more_parameters) bytes += parameter(name, value);
  return bytes + key_data(4711, "abcd") + ready();
}

}  // namespace backend

namespace {

[[noreturn]] void complain(const std::string& text) {
  throw std::runtime_error(text);
}

std::uint32_t read_u32(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

void wait_ready(int descriptor, short events) {
  pollfd entry{descriptor, events, 0};
  const int count = ::poll(&entry, 1, Peer::kPatienceMs);
  if (count == 0) complain((events & POLLIN) != 0 ? "the client is silent" : "the client does not read");
}

}  // namespace

Peer::Peer(int descriptor) : descriptor_(descriptor) {
  const int yes = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

Peer::~Peer() {
  SSL_free(tls_);
  close();
}

std::size_t Peer::read_some(char* into, std::size_t count) {
  if (tls_ == nullptr || SSL_pending(tls_) == 0) wait_ready(descriptor_, POLLIN);
  if (tls_ == nullptr) {
    const ssize_t received = ::recv(descriptor_, into, count, 0);
    return received > 0 ? static_cast<std::size_t>(received) : 0;
  }
  const int received = SSL_read(tls_, into, static_cast<int>(count));
  ERR_clear_error();
  return received > 0 ? static_cast<std::size_t>(received) : 0;
}

void Peer::write_all(const char* from, std::size_t count) {
  while (count > 0) {
    wait_ready(descriptor_, POLLOUT);
    const ssize_t sent = tls_ == nullptr ? ::send(descriptor_, from, count, MSG_NOSIGNAL | MSG_DONTWAIT)
                                         : SSL_write(tls_, from, static_cast<int>(count));
    if (sent < 0 && tls_ == nullptr && errno == EAGAIN) continue;
    if (sent <= 0) complain("cannot send: " + std::generic_category().message(errno));
    from += sent;
    count -= static_cast<std::size_t>(sent);
  }
}

std::string Peer::receive_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const std::size_t received = read_some(bytes.data() + have, count - have);
    if (received == 0) complain("the client closed in the middle of what it had to send");
    have += received;
  }
  return bytes;
}

std::string Peer::expect_startup() {
  const std::uint32_t length = read_u32(receive_bytes(4), 0);
  const std::string packet = receive_bytes(length - 4);
  if (read_u32(packet, 0) >> 16 != 3) complain("expected a start-up packet, got another request");
  return packet;
}

std::string Peer::expect_request(std::uint32_t code) {
  const std::uint32_t length = read_u32(receive_bytes(4), 0);
  const std::string packet = receive_bytes(length - 4);
  if (read_u32(packet, 0) != code) {
    complain("expected request " + std::to_string(code) + ", got " + std::to_string(read_u32(packet, 0)));
  }
  return packet.substr(4);
}

std::optional<std::pair<char, std::string>> Peer::receive() {
  char type = 0;
  if (read_some(&type, 1) == 0) return std::nullopt;
  const std::uint32_t length = read_u32(receive_bytes(4), 0);
  return std::pair(type, receive_bytes(length - 4));
}

std::string Peer::expect(char type) {
  auto received = receive();
  if (!received) complain(std::string("expected message '") + type + "', but the client closed");
  if (received->first != type) {
    complain(std::string("expected message '") + type + "', got '" + received->first + "'");
  }
  return std::move(received->second);
}

void Peer::expect_close() {
  char byte = 0;
  if (read_some(&byte, 1) != 0)
    complain(std::string("expected the client to close, got byte '") + byte + "'");
}

void Peer::send(std::string_view bytes) {
  write_all(bytes.data(), bytes.size());
}

void Peer::send_in_pieces(std::string_view bytes, std::size_t piece_bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_bytes);
    send(piece);
    bytes.remove_prefix(piece.size());
  }
}

void Peer::welcome() {
  expect_startup();
  send(backend::greeting());
}

void Peer::start_tls(const ServerTls& tls) {
  tls_ = tls.new_session();
  SSL_set_fd(tls_, descriptor_);
  const timeval patience{kPatienceMs / 1000, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ERR_clear_error();
  if (SSL_accept(tls_) != 1) {
    const unsigned long code = ERR_get_error();
    const char* reason = ERR_reason_error_string(code);
    complain(std::string("TLS handshake: ") + (reason == nullptr ? "the client closed" : reason));
  }
}

void Peer::pause(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

void Peer::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void Peer::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void Peer::shrink_buffers() {
  const int small = 16 * 1024;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
}

struct ScriptedServer::State {
  std::vector<Script> scripts;
  int listener = -1;
  std::uint16_t port = 5432;
  std::string directory;
  std::thread acceptor;
  std::mutex mutex;
  std::vector<std::string> complaints;

  void complaint(const std::string& text) {
    const std::lock_guard lock(mutex);
    complaints.push_back(text);
  }

  void play(std::size_t index, int descriptor) {
    try {
      Peer peer(descriptor);
      scripts[index](peer);
    } catch (const std::exception& failure) {
      complaint("script " + std::to_string(index) + ": " + failure.what());
    }
  }

  void accept_all() {
    std::vector<std::thread> threads;
    for (std::size_t index = 0; index < scripts.size(); ++index) {
      pollfd entry{listener, POLLIN, 0};
      const int descriptor =
          ::poll(&entry, 1, Peer::kPatienceMs) == 1 ? ::accept(listener, nullptr, nullptr) : -1;
      if (descriptor < 0) {
        complaint("script " + std::to_string(index) + ": no connection came");
        break;
      }
      threads.emplace_back([this, index, descriptor] { play(index, descriptor); });
    }
    for (std::thread& thread : threads) thread.join();
  }

  void listen_on(const sockaddr* address, socklen_t length) {
    // OpenSSL writes to sockets without MSG_NOSIGNAL.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    listener = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener, address, length) != 0 || ::listen(listener, 16) != 0) {
      complain("cannot listen: " + std::generic_category().message(errno));
    }
    acceptor = std::thread([this] { accept_all(); });
  }
};

ScriptedServer::ScriptedServer(std::vector<Script> scripts) : state_(std::make_shared<State>()) {
  state_->scripts = std::move(scripts);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  state_->listen_on(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  socklen_t length = sizeof address;
  ::getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &length);
  state_->port = ntohs(address.sin_port);
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts, const std::string& directory)
    : state_(std::make_shared<State>()) {
  state_->scripts = std::move(scripts);
  state_->directory = directory;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = directory + "/.s.PGSQL.5432";
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  state_->listen_on(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

ScriptedServer::~ScriptedServer() {
  finish();
}

std::uint16_t ScriptedServer::port() const {
  return state_->port;
}

std::string ScriptedServer::conninfo(std::string_view extra) const {
  const std::string host = state_->directory.empty() ? "127.0.0.1" : state_->directory;
  return "host=" + host + " port=" + std::to_string(state_->port) +
         " user=tester dbname=db sslmode=disable " + std::string(extra);
}

void ScriptedServer::finish() {
  if (state_->acceptor.joinable()) state_->acceptor.join();
  if (state_->listener >= 0) ::close(state_->listener);
  state_->listener = -1;
  for (const std::string& complaint : state_->complaints) ADD_FAILURE() << complaint;
  state_->complaints.clear();
}

}  // namespace pgark::test
