#include "protocol/wire/pipeline_machine.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

#include "protocol/wire/message/command_complete.hpp"
#include "protocol/wire/message/data_row.hpp"
#include "protocol/wire/message/decode.hpp"
#include "protocol/wire/message/encode.hpp"
#include "protocol/wire/message/extended_query.hpp"
#include "protocol/wire/message/row_description.hpp"
#include "protocol/wire/message/type.hpp"

namespace pgark::wire {
namespace {

constexpr std::size_t kStatementOverheadBytes = 64;  // headers of Parse, Bind, Describe, Execute

std::size_t estimate_bytes(const PipelineStatement& statement) {
  std::size_t bytes = statement.sql.size() + kStatementOverheadBytes;
  for (const std::string& value : statement.parameters) bytes += value.size() + 4;
  return bytes;
}

void append_statement(const PipelineStatement& statement, std::vector<std::byte>& out) {
  append_parse({}, statement.sql, out);
  append_bind({}, {}, statement.parameters, out);
  append_describe(DescribeTarget::portal, {}, out);
  append_execute({}, 0, out);
}

Result<void> check_statement(const PipelineStatement& statement) {
  if (auto ok = check_sendable(statement.sql, "statement"); !ok) return ok;
  if (statement.parameters.size() > kBindParametersMax) {
    return fail(ErrorCode::usage,
                fmt::format("{} parameters are more than the protocol allows", statement.parameters.size()));
  }
  // A value is counted, not terminated; but no text of the server holds a zero byte.
  for (const std::string& value : statement.parameters) {
    if (auto ok = check_sendable(value, "parameter"); !ok) return ok;
  }
  if (estimate_bytes(statement) > kFrontendMessageBytesMax) {
    return fail(ErrorCode::usage, "a statement and its parameters are longer than the protocol allows");
  }
  return {};
}

}  // namespace

PipelineMachine::PipelineMachine(std::vector<PipelineStatement> statements, SessionState& session)
    : statements_(std::move(statements)), reply_(session) {
  results_.reserve(statements_.size());
}

Action PipelineMachine::resume(FrameReader& in, std::vector<std::byte>& out) {
  assert(state_ != State::finished);
  if (state_ == State::initial) {
    if (statements_.empty()) return finish(Action::done());
    if (auto ok = check_statements(); !ok) return finish(Action::failed(std::move(ok).error()));
    state_ = State::reply;
    send_more(out);
    return Action::need_read();
  }
  Action action = reply_.run(in, [this](const MessageView& message) { return handle(message); });
  if (reply_.has_error() && failed_index_ == kNoIndex && results_.size() < statements_.size()) {
    failed_index_ = results_.size();
  }
  if (action.kind != Action::Kind::need_read) return finish(std::move(action));
  if (!sync_sent_) {
    // After an error the server skips everything up to Sync, so there is no use in sending more.
    if (reply_.has_error()) {
      send_sync(out);
    } else if (window_bytes_ <= kWindowBytes / 2) {
      send_more(out);
    }
  }
  return action;
}

Action PipelineMachine::finish(Action action) {
  state_ = State::finished;
  if (action.kind == Action::Kind::done && results_.size() != statements_.size()) {
    return Action::broken(
        fail(ErrorCode::protocol, "the server skipped statements without an error").value());
  }
  if (action.kind == Action::Kind::failed && failed_index_ != kNoIndex) {
    action.error.statement = statement_excerpt(statements_[failed_index_].sql);
    results_.resize(std::min(results_.size(), failed_index_));
  }
  return action;
}

Result<void> PipelineMachine::check_statements() {
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    if (auto ok = check_statement(statements_[i]); !ok) {
      failed_index_ = i;
      return ok;
    }
  }
  return {};
}

void PipelineMachine::send_more(std::vector<std::byte>& out) {
  const std::size_t sent_before = sent_bytes_.size();
  while (sent_bytes_.size() < statements_.size()) {
    const PipelineStatement& statement = statements_[sent_bytes_.size()];
    const std::size_t bytes = estimate_bytes(statement);
    if (window_bytes_ != 0 && window_bytes_ + bytes > kWindowBytes) break;
    append_statement(statement, out);
    sent_bytes_.push_back(bytes);
    window_bytes_ += bytes;
  }
  if (sent_bytes_.size() == statements_.size()) {
    send_sync(out);
  } else if (sent_bytes_.size() > sent_before) {
    append_flush(out);  // without Sync the server may hold its answers back
  }
}

void PipelineMachine::send_sync(std::vector<std::byte>& out) {
  append_sync(out);
  sync_sent_ = true;
}

Result<bool> PipelineMachine::handle(const MessageView& message) {
  if (results_.size() == sent_bytes_.size())
    return unexpected_message(message.type, "waiting for the end of a pipeline");
  Result<void> result;
  const auto type = static_cast<BackendType>(message.type);
  if (step_ == Step::parse && type == BackendType::parse_complete) {
    result = decode_empty(message.payload, "ParseComplete");
    step_ = Step::bind;
  } else if (step_ == Step::bind && type == BackendType::bind_complete) {
    result = decode_empty(message.payload, "BindComplete");
    step_ = Step::describe;
  } else if (step_ == Step::describe && type == BackendType::no_data) {
    result = decode_empty(message.payload, "NoData");
    step_ = Step::rows;
  } else if (step_ == Step::describe && type == BackendType::row_description) {
    auto columns = decode_row_description(message.payload);
    if (!columns) return tl::unexpected(columns.error());
    current_.columns = *std::move(columns);
    returns_rows_ = true;
    step_ = Step::rows;
  } else if (step_ == Step::rows) {
    result = handle_rows(message);
  } else {
    result = unexpected_message(message.type, "running a pipeline");
  }
  if (!result) return tl::unexpected(result.error());
  return false;
}

Result<void> PipelineMachine::handle_rows(const MessageView& message) {
  switch (static_cast<BackendType>(message.type)) {
    case BackendType::data_row:
      if (!returns_rows_) break;
      return decode_data_row(message.payload, current_);
    case BackendType::command_complete: {
      const auto tag = decode_command_complete(message.payload);
      if (!tag) return tl::unexpected(tag.error());
      complete_statement(*tag);
      return {};
    }
    case BackendType::empty_query_response:
      complete_statement({});
      return decode_empty(message.payload, "EmptyQueryResponse");
    case BackendType::copy_out_response: refuse_copy_out(); return {};
    case BackendType::copy_done:
      if (!reply_.has_error()) break;
      return {};
    case BackendType::copy_in_response:
      // What follows in the pipeline was sent already and is taken for COPY data; whether the Sync among it
      // was swallowed cannot be known, so the session cannot be saved.
      return fail(ErrorCode::usage, "COPY FROM STDIN cannot run in a pipeline");
    default: break;
  }
  return unexpected_message(message.type, "reading the rows of a pipeline");
}

void PipelineMachine::complete_statement(std::string_view tag) {
  current_.command_tag = tag;
  window_bytes_ -= sent_bytes_[results_.size()];
  results_.push_back(std::exchange(current_, {}));
  step_ = Step::parse;
  returns_rows_ = false;
}

void PipelineMachine::refuse_copy_out() {
  reply_.set_skip_copy_data();
  if (failed_index_ == kNoIndex) failed_index_ = results_.size();
  reply_.set_error(fail(ErrorCode::usage, "COPY TO STDOUT cannot run in a pipeline").value());
}

}  // namespace pgark::wire
