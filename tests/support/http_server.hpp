// An HTTP/1.1 server that tests write in a line, and that misbehaves on demand: it resets connections, cuts
// its answers, falls silent. With or without TLS. A thread for each connection; the destructor ends them all.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/certificates.hpp"

namespace pgark::test {

struct HttpRequest {
  std::string method, target;
  std::string path;                            // decoded, without the query
  std::map<std::string, std::string> query;    // decoded
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  bool has_query(const std::string& name) const { return query.contains(name); }
  std::string header(const std::string& name) const;  // "" when absent
};

struct HttpReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool close = false;                         // the connection ends after it
  bool reset = false;                         // instead of an answer
  bool silent = false;                        // no answer, and the connection stays
  bool chunked = false;                       // the body in chunks instead of with its length
  std::optional<std::size_t> cut_after = {};  // so many bytes of the body, then a reset
};

class HttpServer {
 public:
  // Called from many threads at a time.
  using Handler = std::function<HttpReply(const HttpRequest&)>;

  explicit HttpServer(Handler handler, const ServerTls* tls = nullptr);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const { return port_; }
  // "http://127.0.0.1:PORT"
  std::string url() const;
  int connections() const { return connections_; }  // accepted so far

 private:
  class Peer;
  void accept_all();
  void serve(int descriptor);
  std::optional<HttpRequest> read_request(Peer& peer, std::string& buffer);

  const Handler handler_;
  const ServerTls* const tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;  // guards what follows
  std::vector<int> sockets_;
  std::vector<std::thread> servants_;
  std::thread acceptor_;
};

}  // namespace pgark::test
