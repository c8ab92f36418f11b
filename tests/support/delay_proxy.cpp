#include "support/delay_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <system_error>

namespace pgark::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = std::size_t{64} << 10;
constexpr std::size_t kUnderWayBytesMax = std::size_t{64} << 20;
constexpr int kIdlePollMs = 100;

struct Parcel {
  Clock::time_point due;
  std::string bytes;
};

sockaddr_in local_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

[[noreturn]] void throw_errno(const char* action) {
  throw std::system_error(errno, std::generic_category(), action);
}

int make_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw_errno("socket");
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return descriptor;
}

bool send_all(int to, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::send(to, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

// Until the first parcel is due, rounded up.
int wait_ms(const std::deque<Parcel>& under_way) {
  if (under_way.empty()) return kIdlePollMs;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(under_way.front().due - Clock::now());
  return left.count() < 0 ? 0 : static_cast<int>(left.count());
}

}  // namespace

DelayProxy::DelayProxy(std::uint16_t server_port, int one_way_ms)
    : server_port_(server_port), one_way_ms_(one_way_ms), listener_(make_socket()) {
  sockaddr_in address = local_address(0);
  socklen_t length = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), length) != 0) throw_errno("bind");
  if (::listen(listener_, SOMAXCONN) != 0) throw_errno("listen");
  if (::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw_errno("getsockname");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

DelayProxy::~DelayProxy() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (const int descriptor : sockets_) ::shutdown(descriptor, SHUT_RDWR);
  for (std::thread& carrier : carriers_) carrier.join();
  for (const int descriptor : sockets_) ::close(descriptor);
  ::close(listener_);
}

int DelayProxy::connect_to_server() const {
  const int descriptor = make_socket();
  const sockaddr_in address = local_address(server_port_);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return descriptor;
  ::close(descriptor);
  return -1;
}

void DelayProxy::accept_all() {
  while (!stopping_) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int on = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int server = connect_to_server();
    if (server < 0) {
      ::close(client);
      continue;
    }
    sockets_.insert(sockets_.end(), {client, server});
    carriers_.emplace_back([this, client, server] { carry(client, server); });
    carriers_.emplace_back([this, client, server] { carry(server, client); });
  }
}

void DelayProxy::carry(int from, int to) {
  std::deque<Parcel> under_way;
  std::size_t bytes_under_way = 0;
  bool more = true;
  while (!stopping_ && (more || !under_way.empty())) {
    const bool reads = more && bytes_under_way < kUnderWayBytesMax;
    pollfd readable{reads ? from : -1, POLLIN, 0};
    ::poll(&readable, 1, wait_ms(under_way));
    if (readable.revents != 0) {
      std::string bytes(kReadBytes, '\0');
      const ssize_t count = ::recv(from, bytes.data(), bytes.size(), 0);
      more = count > 0;
      bytes.resize(more ? static_cast<std::size_t>(count) : 0);
      bytes_under_way += bytes.size();
      if (more)
        under_way.push_back({Clock::now() + std::chrono::milliseconds(one_way_ms_), std::move(bytes)});
    }
    while (!under_way.empty() && under_way.front().due <= Clock::now()) {
      if (!send_all(to, under_way.front().bytes)) return;
      bytes_under_way -= under_way.front().bytes.size();
      under_way.pop_front();
    }
  }
  ::shutdown(to, SHUT_WR);
}

}  // namespace pgark::test
