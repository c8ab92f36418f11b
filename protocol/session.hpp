// Transport, receive buffer and protocol state of one session, and the loop that moves bytes between
// a protocol machine and the transport. The only place where the two meet.
//
// Used by one coroutine at a time, except that one writer and one reader may run side by side during
// COPY IN. Not thread safe: one executor (strand) owns it. It outlives the coroutines that use it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "protocol/transport.hpp"
#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/machine.hpp"
#include "protocol/wire/session_state.hpp"

namespace pgark::protocol {

// What the loop needs of a machine, without its type.
class Step {
 public:
  virtual ~Step() = default;
  virtual wire::Action resume(wire::FrameReader& in, std::vector<std::byte>& out) = 0;
  virtual Error on_eof() const = 0;
};

template <class Machine>
class MachineStep final : public Step {
 public:
  explicit MachineStep(Machine& machine) : machine_(machine) {}
  wire::Action resume(wire::FrameReader& in, std::vector<std::byte>& out) override {
    return machine_.resume(in, out);
  }
  Error on_eof() const override { return machine_.on_eof(); }

 private:
  Machine& machine_;  // outlives the step
};

class Session {
 public:
  explicit Session(asio::any_io_executor executor) : executor_(executor), transport_(executor) {}

  asio::any_io_executor executor() const { return executor_; }
  Transport& transport() { return transport_; }
  wire::FrameReader& reader() { return reader_; }
  wire::SessionState& state() { return state_; }
  const wire::SessionState& state() const { return state_; }
  std::vector<std::byte>& out() { return out_; }

  // Runs the machine until it wants anything but reading, and returns that action. When the peer goes away
  // the action is broken, with the machine's on_eof(). Throws system_error(operation_aborted) when cancelled
  // or when the transport was closed under it.
  asio::awaitable<wire::Action> drive(Step& step);

  // Receives at least one byte. False: the peer has gone; lost() knows why.
  asio::awaitable<bool> receive();

  // Completes the error of a lost connection with what the system said about it.
  Error lost(Error error) const;

 private:
  // What came while the session was idle (why the server ended it, above all) is read before anything is
  // written: writing to a peer that has gone makes some systems throw it away.
  asio::awaitable<bool> receive_pending();
  asio::awaitable<void> flush();
  // The peer has gone: what it said before.
  wire::Action last_words(Step& step);

  asio::any_io_executor executor_;
  Transport transport_;
  wire::FrameReader reader_;
  wire::SessionState state_;
  std::vector<std::byte> out_;
  boost::system::error_code last_failure_;  // of a read or write, other than end of file
};

// Throws system_error(operation_aborted) for it; anything else is the caller's business.
void throw_if_aborted(const boost::system::error_code& error);

}  // namespace pgark::protocol
