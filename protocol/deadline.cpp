#include "protocol/deadline.hpp"

#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace pgark::protocol {

struct Deadline::State {
  State(const boost::asio::any_io_executor& executor, std::function<void()> callback)
      : timer(executor), on_expiry(std::move(callback)) {}
  boost::asio::steady_timer timer;
  std::function<void()> on_expiry;
  bool expired = false;
  bool armed = true;
};

Deadline::Deadline(const boost::asio::any_io_executor& executor, std::chrono::milliseconds timeout,
                   std::function<void()> on_expiry)
    : state_(std::make_shared<State>(executor, std::move(on_expiry))) {
  if (timeout.count() <= 0) return;
  state_->timer.expires_after(timeout);
  // The handler may already be queued when the deadline goes; it finds it disarmed.
  state_->timer.async_wait([state = state_](const boost::system::error_code& error) {
    if (error || !state->armed) return;
    state->expired = true;
    state->on_expiry();
  });
}

Deadline::~Deadline() {
  state_->armed = false;
  state_->timer.cancel();
}

bool Deadline::expired() const {
  return state_->expired;
}

}  // namespace pgark::protocol
