#include "protocol/wire/copy_in_machine.hpp"

#include <cassert>
#include <utility>

#include "protocol/wire/message/command_complete.hpp"
#include "protocol/wire/message/copy_data.hpp"
#include "protocol/wire/message/copy_response.hpp"
#include "protocol/wire/message/encode.hpp"
#include "protocol/wire/message/query.hpp"
#include "protocol/wire/message/type.hpp"

namespace pgark::wire {
namespace {

// SQLSTATE query_canceled, with which the server answers CopyFail.
constexpr std::string_view kCopyFailed = "57014";

}  // namespace

CopyInMachine::CopyInMachine(std::string sql, SessionState& session)
    : sql_(std::move(sql)), reply_(session, sql_) {}

void CopyInMachine::append_copy_data_header(std::size_t payload_bytes, std::vector<std::byte>& out) {
  wire::append_copy_data_header(payload_bytes, out);
}

void CopyInMachine::end(std::vector<std::byte>& out) {
  assert(state_ == State::streaming);
  state_ = State::ending;
  if (!server_failed()) append_copy_done(out);
}

void CopyInMachine::abort(std::string_view reason, std::vector<std::byte>& out) {
  assert(state_ == State::streaming);
  state_ = server_failed() ? State::ending : State::aborting;
  if (!server_failed()) append_copy_fail(reason.substr(0, reason.find('\0')), out);
}

Action CopyInMachine::resume(FrameReader& in, std::vector<std::byte>& out) {
  assert(state_ != State::finished);
  if (state_ == State::initial) {
    if (auto ok = check_sendable(sql_, "statement"); !ok)
      return finish(Action::failed(std::move(ok).error()));
    append_query(sql_, out);
    sql_ = {};
    state_ = State::waiting;
    return Action::need_read();
  }
  if (state_ == State::waiting) {
    return finish_waiting(
        reply_.run(in, [this](const MessageView& message) { return handle_waiting(message); }));
  }
  return finish_reply(reply_.run(in, [this](const MessageView& message) { return handle_reply(message); }));
}

Action CopyInMachine::finish(Action action) {
  if (action.kind != Action::Kind::need_read && action.kind != Action::Kind::data) state_ = State::finished;
  return action;
}

Action CopyInMachine::finish_waiting(Action action) {
  if (action.kind == Action::Kind::done) {
    action = Action::failed(fail(ErrorCode::usage, "the statement is not COPY FROM STDIN").value());
  }
  return finish(std::move(action));
}

Action CopyInMachine::finish_reply(Action action) {
  if (action.kind == Action::Kind::done && state_ != State::completed) {
    action = Action::broken(unexpected_message('Z', "sending COPY data").value());
  } else if (action.kind == Action::Kind::failed && state_ == State::aborting && action.error.server &&
             action.error.server->sqlstate == kCopyFailed) {
    action = Action::done();
  }
  return finish(std::move(action));
}

Result<bool> CopyInMachine::handle_waiting(const MessageView& message) {
  switch (static_cast<BackendType>(message.type)) {
    case BackendType::copy_in_response: {
      if (reply_.has_error()) break;
      const auto response = decode_copy_response(message.payload);
      if (!response) return tl::unexpected(response.error());
      is_binary_ = response->is_binary;
      state_ = State::streaming;
      return true;
    }
    case BackendType::copy_out_response:
      reply_.set_skip_copy_data();
      reply_.set_error(fail(ErrorCode::usage, "the statement is not COPY FROM STDIN").value());
      return false;
    case BackendType::copy_done:
      if (!reply_.has_error()) break;
      return false;
    case BackendType::row_description:
    case BackendType::data_row:
    case BackendType::command_complete:
    case BackendType::empty_query_response:
      // Another statement than COPY; ReadyForQuery will tell.
      return false;
    default: break;
  }
  return unexpected_message(message.type, "starting COPY FROM STDIN");
}

Result<bool> CopyInMachine::handle_reply(const MessageView& message) {
  if (state_ != State::ending || static_cast<BackendType>(message.type) != BackendType::command_complete) {
    return unexpected_message(message.type, "sending COPY data");
  }
  const auto tag = decode_command_complete(message.payload);
  if (!tag) return tl::unexpected(tag.error());
  row_count_ = row_count_of_tag(*tag);
  state_ = State::completed;
  return false;
}

}  // namespace pgark::wire
