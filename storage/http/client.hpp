// Exchanges with HTTP servers over connections that are kept for the next one. Blocking; thread safe: as many
// exchanges at a time as threads ask for, each over a connection of its own.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "storage/http/connection.hpp"

namespace pgark::storage::http {

class Client {
 public:
  explicit Client(ConnectionChoice choice);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // One attempt, but for a kept connection that the server has closed meanwhile: then, if nothing of an
  // answer has come, once more over a new one, unless the request is a POST.
  Outcome<Response> exchange(const Endpoint& endpoint, const Call& call);

 private:
  struct Kept {
    Endpoint endpoint;
    std::unique_ptr<Connection> connection;
  };

  std::unique_ptr<Connection> take(const Endpoint& endpoint);
  void keep(const Endpoint& endpoint, std::unique_ptr<Connection> connection);

  const ConnectionChoice choice_;
  std::mutex mutex_;  // guards what follows
  std::vector<Kept> kept_;
};

}  // namespace pgark::storage::http
