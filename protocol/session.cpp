#include "protocol/session.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace pgark::protocol {

void throw_if_aborted(const boost::system::error_code& error) {
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
}

asio::awaitable<wire::Action> Session::drive(Step& step) {
  for (;;) {
    wire::Action action = step.resume(reader_, out_);
    bool received = false;
    if (!out_.empty()) {
      received = co_await receive_pending();
      co_await flush();
    }
    if (action.kind != wire::Action::Kind::need_read) co_return action;
    if (!received) received = co_await receive();
    if (!received) co_return last_words(step);
  }
}

wire::Action Session::last_words(Step& step) {
  // A machine that has just sent its request has not looked at what was in the buffer before.
  wire::Action action = step.resume(reader_, out_);
  out_.clear();
  if (action.kind != wire::Action::Kind::need_read) return action;
  return wire::Action::broken(lost(step.on_eof()));
}

asio::awaitable<bool> Session::receive() {
  const IoResult result = co_await transport_.read_some(reader_.prepare());
  throw_if_aborted(result.error);
  if (result.error || result.bytes == 0) {
    if (result.error && result.error != asio::error::eof) last_failure_ = result.error;
    co_return false;
  }
  reader_.commit(result.bytes);
  co_return true;
}

asio::awaitable<bool> Session::receive_pending() {
  // Under TLS the bytes may be a record without data, and reading would wait for the next one.
  if (transport_.uses_tls() || !transport_.has_input()) co_return false;
  co_return co_await receive();
}

asio::awaitable<void> Session::flush() {
  const boost::system::error_code error = co_await transport_.write(out_);
  out_.clear();
  throw_if_aborted(error);
  // The server has often explained itself before it went: its words are still to be read, so that a failed
  // write is not the end yet.
  if (error) last_failure_ = error;
}

Error Session::lost(Error error) const {
  if (error.code == ErrorCode::connection_lost && !error.server && last_failure_) {
    error.message += ": " + last_failure_.message();
  }
  return error;
}

}  // namespace pgark::protocol
