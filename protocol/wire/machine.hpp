// The contract of the protocol machines: small state machines that turn received bytes into
// decisions, without a socket.
//
//   StartupMachine      TLS negotiation, start-up packet, authentication, up to ReadyForQuery
//   SimpleQueryMachine  one Query message, any number of statements and result sets
//   PipelineMachine     many statements of the extended protocol, one Sync
//   CopyOutMachine      COPY ... TO STDOUT
//   CopyInMachine       COPY ... FROM STDIN
//
// Every machine has
//   Action resume(FrameReader& in, std::vector<std::byte>& out);
//   Error  on_eof() const;
// resume() consumes the messages that are complete in `in`, appends what must be sent to `out`, and
// says what to do next. The driver, in every case:
//
//   for (;;) {
//     Action action = machine.resume(reader, out);
//     if (!out.empty()) { co_await write_all(out); out.clear(); }     // always before the action
//     switch (action.kind) {
//       case Action::Kind::need_read: {
//         const std::size_t n = co_await read_some(reader.prepare());  // a MutableByteSpan
//         if (n == 0) throw Exception(machine.on_eof());               // end of file or reset
//         reader.commit(n);
//         break;
//       }
//       case Action::Kind::start_tls:                                  // StartupMachine only
//         co_await handshake();
//         machine.tls_started(tls_server_end_point_hash());
//         break;
//       case Action::Kind::data:    /* copy machines: the COPY has begun, see there */
//       case Action::Kind::done:    return machine.take_...();
//       case Action::Kind::failed:  throw Exception(action.error);     // connection idle, usable
//       case Action::Kind::broken:  status = broken; throw Exception(action.error);
//     }
//   }
//
// When a write fails (EPIPE, reset) the server has often explained itself first: keep reading and
// resuming until end of file, then throw on_eof(), which returns the server's last words if there
// were any and ErrorCode::connection_lost otherwise.
// A machine is used for one operation and then dropped. After done, failed or broken it must not be
// resumed. Not thread safe. The SessionState given to it outlives it.
#pragma once

#include <cstdint>
#include <utility>

#include "base/error.hpp"

namespace pgark::wire {

struct Action {
  enum class Kind : std::uint8_t {
    need_read,  // receive at least one byte into the FrameReader, then resume
    start_tls,  // perform the TLS handshake, then tls_started() and resume
    data,       // COPY: the stream is open, or the output buffer is full
    done,       // finished well; the connection is idle
    failed,     // `error` says why; drained to ReadyForQuery, the connection is idle and usable
    broken,     // `error` says why; the connection must be closed
  };

  Kind kind = Kind::need_read;
  Error error;  // failed and broken only

  static Action need_read() { return {Kind::need_read, {}}; }
  static Action start_tls() { return {Kind::start_tls, {}}; }
  static Action data() { return {Kind::data, {}}; }
  static Action done() { return {Kind::done, {}}; }
  static Action failed(Error error) { return {Kind::failed, std::move(error)}; }
  static Action broken(Error error) { return {Kind::broken, std::move(error)}; }
};

}  // namespace pgark::wire
