// A PostgreSQL server that plays a script: what it must receive, what it sends and how the bytes are
// cut, when it falls silent, closes or resets. Runs in threads of the test program, on a free port of
// 127.0.0.1 or on a Unix socket.
//
// One script per accepted connection, in order of arrival; scripts of different connections run side by
// side. A script is plain code over a Peer; a Peer throws when the client does not do what the script
// expects, or is silent for kPatienceMs. finish() (or the destructor) waits for all scripts and turns the
// first complaint into a test failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/certificates.hpp"

namespace pgark::test {

// Bytes of the messages a server sends.
namespace backend {
std::string message(char type, std::string_view payload);
std::string u16(unsigned value);
std::string u32(std::uint32_t value);
std::string auth_ok();
std::string auth_request(std::uint32_t code, std::string_view data = {});  // 3 cleartext, 5 md5, 10 SASL
std::string parameter(std::string_view name, std::string_view value);
std::string key_data(std::uint32_t pid, std::string_view secret);
std::string ready(char transaction_status = 'I');
std::string error(std::string_view severity, std::string_view sqlstate, std::string_view text);
std::string notice(std::string_view text);
std::string row_description(std::initializer_list<std::string_view> columns);
std::string data_row(std::initializer_list<std::optional<std::string_view>> cells);
std::string complete(std::string_view tag);
std::string copy_out_response();
std::string copy_in_response();
std::string copy_data(std::string_view rows);
std::string copy_done();
// All a client needs after its start-up packet: a server 15.3, pid 4711, secret "abcd".
std::string greeting(
    std::initializer_list<std::pair<std::string_view, std::string_view>> more_parameters = {});
}  // namespace backend

// The server's end of one connection.
class Peer {
 public:
  static constexpr int kPatienceMs = 10'000;

  explicit Peer(int descriptor);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Start-up packet, without its length; refuses SSLRequest.
  std::string expect_startup();
  // Any first packet, by its code: SSLRequest, CancelRequest, ...; returns what follows the code.
  std::string expect_request(std::uint32_t code);
  static constexpr std::uint32_t kSslRequest = 80877103, kCancelRequest = 80877102;
  // One typed message; returns its payload.
  std::string expect(char type);
  // Any one typed message; empty when the client has closed.
  std::optional<std::pair<char, std::string>> receive();
  std::string receive_bytes(std::size_t count);
  // The client closes without another byte.
  void expect_close();

  void send(std::string_view bytes);
  // One send() per piece, so that the client sees the cut (as far as the kernel lets it).
  void send_in_pieces(std::string_view bytes, std::size_t piece_bytes);
  // Start-up packet in, greeting out.
  void welcome();
  // Handshake as a server; the Peer speaks TLS afterwards. An alert from the client throws.
  void start_tls(const ServerTls& tls);

  void pause(int milliseconds);
  void close();
  void reset();           // RST instead of FIN
  void shrink_buffers();  // so that a client that is not read blocks early

 private:
  std::size_t read_some(char* into, std::size_t count);  // 0 = closed
  void write_all(const char* from, std::size_t count);

  int descriptor_;
  ssl_st* tls_ = nullptr;
};

using Script = std::function<void(Peer&)>;

class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Script> scripts);
  // On "<directory>/.s.PGSQL.5432".
  ScriptedServer(std::vector<Script> scripts, const std::string& directory);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const;
  // "host=127.0.0.1 port=... user=tester dbname=db sslmode=disable"; `extra` comes last and wins.
  std::string conninfo(std::string_view extra = {}) const;
  // Waits for the scripts; a script that was never played is a failure too.
  void finish();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pgark::test
