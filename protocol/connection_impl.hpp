// What a Connection holds; shared by connection.cpp and connection_copy.cpp.
#pragma once

#include <memory>
#include <optional>

#include "protocol/cancel.hpp"
#include "protocol/connection.hpp"
#include "protocol/connector.hpp"
#include "protocol/wire/copy_in_machine.hpp"
#include "protocol/wire/copy_out_machine.hpp"

namespace pgark::protocol {

struct Connection::Impl {
  // Marks the connection broken unless the operation got to its end: whatever is thrown in between
  // (cancellation, lack of memory) leaves the protocol in an unknown state.
  class OperationGuard {
   public:
    explicit OperationGuard(Impl& impl) : impl_(impl) {}
    ~OperationGuard() {
      if (impl_.status == Status::busy) impl_.set_broken();
    }
    OperationGuard(const OperationGuard&) = delete;
    OperationGuard& operator=(const OperationGuard&) = delete;

   private:
    Impl& impl_;
  };

  Impl(Connected connected, const params::ConnectParams& params);

  // Before an operation: `expected` becomes busy. A broken connection throws; any other status is a bug of
  // the caller.
  void enter(Status expected);
  // After it: done, failed and broken become idle, idle and broken; an error is thrown.
  void conclude(wire::Action action);
  void set_broken() noexcept;

  std::unique_ptr<Session> session;
  std::string peer;
  std::shared_ptr<const CancelHandle::Target> cancel_target;
  Status status = Status::idle;
  std::unique_ptr<wire::CopyOutMachine> copy_out;  // while copy_out
  std::unique_ptr<wire::CopyInMachine> copy_in;    // while copy_in
  std::uint64_t copy_rows = 0;
  std::uint64_t copied_bytes = 0;  // handed out by this COPY OUT so far
};

}  // namespace pgark::protocol
