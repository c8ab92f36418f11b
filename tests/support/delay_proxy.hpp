// A TCP proxy that makes a nearby server far away: every byte arrives `one_way_ms` after it was sent,
// whatever the amount, as on a long link of ample width. Threads of its own; the destructor ends them and
// their connections.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace pgark::test {

class DelayProxy {
 public:
  // Listens on a free port of 127.0.0.1 and goes on to `server_port` there. Throws std::system_error.
  DelayProxy(std::uint16_t server_port, int one_way_ms);
  ~DelayProxy();
  DelayProxy(const DelayProxy&) = delete;
  DelayProxy& operator=(const DelayProxy&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void accept_all();
  void carry(int from, int to);
  int connect_to_server() const;

  const std::uint16_t server_port_;
  const int one_way_ms_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::vector<int> sockets_;
  std::vector<std::thread> carriers_;
  std::thread acceptor_;
};

}  // namespace pgark::test
