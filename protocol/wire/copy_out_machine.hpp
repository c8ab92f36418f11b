// COPY ... TO STDOUT over the simple protocol.
//
//   Query -> CopyOutResponse -> CopyData* -> CopyDone -> CommandComplete -> ReadyForQuery
//
// First resume() until it returns Action::data: the stream is open. Then read() takes its place:
//
//   for (;;) {
//     Action action = machine.read(reader, buffer, soft_limit_bytes);
//     need_read:  receive, as always
//     data:       `buffer` holds enough and ends at a message boundary; hand it on, give the next one
//     done:       the stream has ended; `buffer` may hold a last piece; the connection is idle
//     failed, broken: as always; the content of `buffer` is meaningless
//   }
//
// read() moves all received CopyData payloads into the buffer in one call, whole messages or pieces of one,
// so that nothing happens per row outside of it and a wide row is never held twice. It never has anything to
// send. Of COPY in binary it gives the rows alone: the stream's header and end are taken off and checked.
// PostgreSQL documentation, "Message Flow", section "COPY Operations", and COPY, "Binary Format".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/buffer_pool.hpp"
#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/machine.hpp"
#include "protocol/wire/reply.hpp"
#include "protocol/wire/session_state.hpp"

namespace pgark::wire {

class CopyOutMachine {
 public:
  CopyOutMachine(std::string sql, SessionState& session);

  // Until the stream is open: need_read, data, failed or broken. A statement that is not COPY TO STDOUT ends
  // as failed (ErrorCode::usage).
  Action resume(FrameReader& in, std::vector<std::byte>& out);
  // Afterwards: need_read, data, done, failed or broken. Appends to `buffer`, which may hold earlier data and
  // must be the same one until data or done is returned. data means buffer.size() >= soft_limit_bytes.
  Action read(FrameReader& in, ByteBuffer& buffer, std::size_t soft_limit_bytes);
  Error on_eof() const { return reply_.on_eof(); }

  bool is_binary() const { return is_binary_; }
  // From the command tag; valid after done.
  std::uint64_t row_count() const { return row_count_; }

 private:
  enum class State : std::uint8_t { initial, waiting, streaming, copy_done, completed, finished };
  enum class Stream : std::uint8_t { starved, full, other_message };

  Result<bool> handle_waiting(const MessageView& message, std::vector<std::byte>& out);
  Result<bool> handle_end(const MessageView& message);
  // Moves CopyData payloads until something else, or nothing, is there.
  Result<Stream> move_stream(FrameReader& in, ByteBuffer& buffer, std::size_t soft_limit_bytes);
  // What surrounds the rows of a binary stream. REQUIRES: messages, whole ones, have just been appended.
  Result<> take_off_frame(const FrameReader& in, ByteBuffer& buffer);
  Action finish(Action action);

  std::string sql_;
  Reply reply_;
  State state_ = State::initial;
  bool is_binary_ = false;
  bool header_taken_ = false, end_taken_ = false;  // of a binary stream
  std::uint64_t row_count_ = 0;
};

}  // namespace pgark::wire
