// Calls back when an operation takes too long.
//
// A deadline closes the socket rather than cancelling the coroutine: the operation then ends with an
// error in the usual way, and expired() tells why. Make and destroy it on the executor that is given;
// once destroyed it does not call back.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace pgark::protocol {

class Deadline {
 public:
  // A timeout of zero or less: never.
  Deadline(const boost::asio::any_io_executor& executor, std::chrono::milliseconds timeout,
           std::function<void()> on_expiry);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool expired() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pgark::protocol
