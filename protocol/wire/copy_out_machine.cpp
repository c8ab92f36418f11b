#include "protocol/wire/copy_out_machine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "protocol/wire/binary_copy.hpp"
#include "protocol/wire/message/command_complete.hpp"
#include "protocol/wire/message/copy_data.hpp"
#include "protocol/wire/message/copy_response.hpp"
#include "protocol/wire/message/decode.hpp"
#include "protocol/wire/message/encode.hpp"
#include "protocol/wire/message/query.hpp"
#include "protocol/wire/message/type.hpp"

namespace pgark::wire {
namespace {

// A growing buffer is held twice for a moment. Making room for the rest of a wide row at once avoids
// that, but the length is the peer's claim: beyond this size the buffer at most doubles, and only
// when it is full.
constexpr std::size_t kReserveAtOnceBytes = std::size_t{64} << 20;

void append_piece(ByteBuffer& buffer, ByteSpan piece, std::size_t bytes_to_come) {
  if (buffer.size() + piece.size() > buffer.capacity()) {
    const std::size_t wanted = buffer.size() + piece.size() + bytes_to_come;
    buffer.reserve(std::min(wanted, std::max(2 * buffer.capacity(), kReserveAtOnceBytes)));
  }
  buffer.insert(buffer.end(), piece.begin(), piece.end());
}

}  // namespace

CopyOutMachine::CopyOutMachine(std::string sql, SessionState& session)
    : sql_(std::move(sql)), reply_(session, sql_) {}

Action CopyOutMachine::finish(Action action) {
  if (action.kind != Action::Kind::need_read && action.kind != Action::Kind::data) state_ = State::finished;
  return action;
}

Action CopyOutMachine::resume(FrameReader& in, std::vector<std::byte>& out) {
  if (state_ == State::initial) {
    if (auto ok = check_sendable(sql_, "statement"); !ok)
      return finish(Action::failed(std::move(ok).error()));
    append_query(sql_, out);
    sql_ = {};
    state_ = State::waiting;
    return Action::need_read();
  }
  assert(state_ == State::waiting);
  Action action = reply_.run(in, [&](const MessageView& message) { return handle_waiting(message, out); });
  if (action.kind == Action::Kind::done) {
    action = Action::failed(fail(ErrorCode::usage, "the statement is not COPY TO STDOUT").value());
  }
  return finish(std::move(action));
}

Result<bool> CopyOutMachine::handle_waiting(const MessageView& message, std::vector<std::byte>& out) {
  switch (static_cast<BackendType>(message.type)) {
    case BackendType::copy_out_response: {
      const auto response = decode_copy_response(message.payload);
      if (!response) return tl::unexpected(response.error());
      is_binary_ = response->is_binary;
      state_ = State::streaming;
      return true;
    }
    case BackendType::copy_in_response:
      append_copy_fail("COPY TO STDOUT was expected", out);
      reply_.set_error(fail(ErrorCode::usage, "the statement is not COPY TO STDOUT").value());
      return false;
    case BackendType::row_description:
    case BackendType::data_row:
    case BackendType::command_complete:
    case BackendType::empty_query_response:
      // Another statement than COPY; ReadyForQuery will tell.
      return false;
    default: return unexpected_message(message.type, "starting COPY TO STDOUT");
  }
}

Action CopyOutMachine::read(FrameReader& in, ByteBuffer& buffer, std::size_t soft_limit_bytes) {
  const auto handle = [this](const MessageView& message) { return handle_end(message); };
  for (;;) {
    if (state_ == State::streaming) {
      const auto stream = move_stream(in, buffer, soft_limit_bytes);
      if (!stream) return finish(Action::broken(stream.error()));
      if (*stream == Stream::starved) return Action::need_read();
      if (*stream == Stream::full) return Action::data();
    }
    // The end of the stream, an error, or an asynchronous message between two rows.
    auto action = reply_.step(in, handle);
    if (!action) continue;
    if (action->kind == Action::Kind::done && state_ != State::completed) {
      action = Action::broken(unexpected_message('Z', "reading COPY data").value());
    }
    return finish(*std::move(action));
  }
}

// The header comes in one message with the first row, or with the end; the end is a message of its own
// otherwise. No row looks like it: a row of two bytes has no columns.
Result<> CopyOutMachine::take_off_frame(const FrameReader& in, ByteBuffer& buffer) {
  if (end_taken_) return fail(ErrorCode::protocol, "rows behind the end of a binary COPY stream");
  std::size_t last_bytes = in.last_payload_bytes();
  if (!header_taken_) {
    const std::size_t at = buffer.size() - last_bytes;
    const auto header_bytes = binary_copy_header_bytes(ByteSpan(buffer).subspan(at));
    if (!header_bytes) return tl::unexpected(header_bytes.error());
    const auto header = buffer.begin() + static_cast<std::ptrdiff_t>(at);
    buffer.erase(header, header + static_cast<std::ptrdiff_t>(*header_bytes));
    last_bytes -= *header_bytes;
    header_taken_ = true;
  }
  if (last_bytes == kBinaryCopyEnd.size() && as_text(buffer).ends_with(kBinaryCopyEnd)) {
    buffer.resize(buffer.size() - last_bytes);
    end_taken_ = true;
  }
  return {};
}

Result<CopyOutMachine::Stream> CopyOutMachine::move_stream(FrameReader& in, ByteBuffer& buffer,
                                                           std::size_t soft_limit_bytes) {
  static constexpr char kCopyData = static_cast<char>(BackendType::copy_data);
  for (;;) {
    const std::size_t before = buffer.size();
    if (in.open_bytes() > 0) {
      const ByteSpan piece = in.piece();
      append_piece(buffer, piece, in.open_bytes());
      if (in.open_bytes() > 0) return Stream::starved;
    } else {
      const bool first = is_binary_ && !header_taken_;  // alone, so that little moves when its header goes
      in.append_payloads(kCopyData, buffer, first ? before + 1 : soft_limit_bytes);
    }
    const bool moved = buffer.size() != before;
    if (moved && is_binary_) {
      if (auto taken = take_off_frame(in, buffer); !taken) return tl::unexpected(taken.error());
    }
    if (buffer.size() >= soft_limit_bytes) return Stream::full;
    if (moved) continue;
    const auto header = in.peek();
    if (!header) return tl::unexpected(header.error());
    if (!*header) return Stream::starved;
    if ((*header)->type != kCopyData) return Stream::other_message;
    in.open();
  }
}

Result<bool> CopyOutMachine::handle_end(const MessageView& message) {
  const auto type = static_cast<BackendType>(message.type);
  Result<void> result;
  if (state_ == State::streaming && type == BackendType::copy_done) {
    result = decode_empty(message.payload, "CopyDone");
    if (result && is_binary_ && !end_taken_)
      result = fail(ErrorCode::protocol, "a binary COPY stream without its end");
    state_ = State::copy_done;
  } else if (state_ == State::copy_done && type == BackendType::command_complete) {
    const auto tag = decode_command_complete(message.payload);
    if (!tag) return tl::unexpected(tag.error());
    row_count_ = row_count_of_tag(*tag);
    state_ = State::completed;
  } else {
    result = unexpected_message(message.type, "reading COPY data");
  }
  if (!result) return tl::unexpected(result.error());
  return false;
}

}  // namespace pgark::wire
