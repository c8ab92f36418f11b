#include "protocol/wire/simple_query_machine.hpp"

#include <cassert>
#include <utility>

#include "protocol/wire/message/command_complete.hpp"
#include "protocol/wire/message/copy_data.hpp"
#include "protocol/wire/message/data_row.hpp"
#include "protocol/wire/message/decode.hpp"
#include "protocol/wire/message/encode.hpp"
#include "protocol/wire/message/query.hpp"
#include "protocol/wire/message/row_description.hpp"
#include "protocol/wire/message/type.hpp"

namespace pgark::wire {

SimpleQueryMachine::SimpleQueryMachine(std::string sql, SessionState& session, Rows rows)
    : sql_(std::move(sql)), reply_(session, sql_), rows_(rows) {}

Action SimpleQueryMachine::resume(FrameReader& in, std::vector<std::byte>& out) {
  assert(state_ != State::finished);
  if (state_ == State::initial) {
    if (auto ok = check_sendable(sql_, "statement"); !ok) {
      state_ = State::finished;
      return Action::failed(std::move(ok).error());
    }
    append_query(sql_, out);
    sql_ = {};
    state_ = State::reply;
    return Action::need_read();
  }
  Action action = reply_.run(in, [&](const MessageView& message) { return handle(message, out); });
  if (action.kind != Action::Kind::need_read) state_ = State::finished;
  return action;
}

Result<bool> SimpleQueryMachine::handle(const MessageView& message, std::vector<std::byte>& out) {
  Result<void> result;
  switch (static_cast<BackendType>(message.type)) {
    case BackendType::row_description: result = begin_rows(message.payload); break;
    case BackendType::data_row: result = add_row(message.payload); break;
    case BackendType::command_complete: result = complete(message.payload); break;
    case BackendType::empty_query_response:
      result = decode_empty(message.payload, "EmptyQueryResponse");
      results_.emplace_back();
      break;
    case BackendType::copy_in_response: refuse_copy_in(out); break;
    case BackendType::copy_out_response: refuse_copy_out(); break;
    case BackendType::copy_done:
      // Ends the stream that refuse_copy_out() began to drop.
      if (reply_.has_error()) break;
      [[fallthrough]];
    default: result = unexpected_message(message.type, "running a query");
  }
  if (!result) return tl::unexpected(result.error());
  return false;
}

Result<void> SimpleQueryMachine::begin_rows(ByteSpan payload) {
  if (in_rows_) return unexpected_message('T', "reading rows");
  auto columns = decode_row_description(payload);
  if (!columns) return tl::unexpected(columns.error());
  current_.columns = *std::move(columns);
  in_rows_ = true;
  return {};
}

Result<void> SimpleQueryMachine::add_row(ByteSpan payload) {
  if (!in_rows_) return unexpected_message('D', "running a query");
  return rows_ == Rows::keep ? decode_data_row(payload, current_)
                             : skip_data_row(payload, current_.columns.size());
}

Result<void> SimpleQueryMachine::complete(ByteSpan payload) {
  const auto tag = decode_command_complete(payload);
  if (!tag) return tl::unexpected(tag.error());
  if (rows_ == Rows::discard) current_.columns.clear();
  current_.command_tag = *tag;
  results_.push_back(std::exchange(current_, {}));
  in_rows_ = false;
  return {};
}

void SimpleQueryMachine::refuse_copy_in(std::vector<std::byte>& out) {
  append_copy_fail("COPY FROM STDIN is not possible here", out);
  reply_.set_error(fail(ErrorCode::usage, "COPY FROM STDIN cannot run as a plain query").value());
}

void SimpleQueryMachine::refuse_copy_out() {
  reply_.set_skip_copy_data();
  reply_.set_error(fail(ErrorCode::usage, "COPY TO STDOUT cannot run as a plain query").value());
}

}  // namespace pgark::wire
