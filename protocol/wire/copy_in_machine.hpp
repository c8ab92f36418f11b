// COPY ... FROM STDIN over the simple protocol, reading while writing.
//
//   Query -> CopyInResponse <- CopyData* <- CopyDone -> CommandComplete -> ReadyForQuery
//
// 1. resume() until it returns Action::data: the server takes data.
// 2. Send CopyData messages: append_copy_data_header() and the payload, of any cut. Meanwhile keep one
//    reader busy with the usual loop (resume on every receive): it returns need_read as long as all is well
//    and failed once the server has refused the data and its reply is drained. server_failed() turns true as
//    soon as the ErrorResponse is seen: finish the CopyData message being written (a torn message breaks the
//    stream; the server reads and drops it), send no more, and let the reader run until failed.
// 3. end() or abort(), then resume() until done, failed or broken.
// resume() appends nothing to `out` after step 1, so reader and writer do not share a buffer.
// PostgreSQL documentation, "Message Flow", section "COPY Operations".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/machine.hpp"
#include "protocol/wire/reply.hpp"
#include "protocol/wire/session_state.hpp"

namespace pgark::wire {

class CopyInMachine {
 public:
  CopyInMachine(std::string sql, SessionState& session);

  // need_read, data (once), done, failed or broken. A statement that is not COPY FROM STDIN ends as failed
  // (ErrorCode::usage).
  Action resume(FrameReader& in, std::vector<std::byte>& out);
  Error on_eof() const { return reply_.on_eof(); }

  // Header of a CopyData message that carries `payload_bytes` bytes.
  static void append_copy_data_header(std::size_t payload_bytes, std::vector<std::byte>& out);

  // No more data. Appends CopyDone, or nothing when the server has failed already. REQUIRES: streaming, that
  // is data was returned and neither end() nor abort() was called.
  void end(std::vector<std::byte>& out);
  // Gives up: appends CopyFail. The error with which the server answers it is expected, so resume() then
  // returns done. When the server had failed already it returns failed with that error.
  void abort(std::string_view reason, std::vector<std::byte>& out);

  // An ErrorResponse was seen; sending more is pointless.
  bool server_failed() const { return reply_.has_error(); }
  bool is_binary() const { return is_binary_; }
  // From the command tag; valid after done; 0 after abort().
  std::uint64_t row_count() const { return row_count_; }

 private:
  enum class State : std::uint8_t { initial, waiting, streaming, ending, aborting, completed, finished };

  Result<bool> handle_waiting(const MessageView& message);
  Result<bool> handle_reply(const MessageView& message);
  Action finish(Action action);
  Action finish_waiting(Action action);
  Action finish_reply(Action action);

  std::string sql_;
  Reply reply_;
  State state_ = State::initial;
  bool is_binary_ = false;
  std::uint64_t row_count_ = 0;
};

}  // namespace pgark::wire
