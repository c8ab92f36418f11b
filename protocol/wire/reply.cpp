#include "protocol/wire/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "protocol/wire/message/notification_response.hpp"
#include "protocol/wire/message/parameter_status.hpp"
#include "protocol/wire/message/ready_for_query.hpp"
#include "protocol/wire/message/server_message.hpp"
#include "protocol/wire/message/type.hpp"

namespace pgark::wire {
namespace {

Result<void> note_parameter(ByteSpan payload, SessionState& session) {
  const auto status = decode_parameter_status(payload);
  if (!status) return tl::unexpected(status.error());
  const auto known = session.parameters.find(status->name);
  if (known != session.parameters.end()) {
    known->second = status->value;
  } else if (session.parameters.size() < SessionState::kParametersMax) {
    session.parameters.emplace(status->name, status->value);
  } else {
    return fail(ErrorCode::protocol, "the server reports too many parameters");
  }
  return {};
}

Result<void> note_notice(ByteSpan payload, const SessionState& session) {
  const auto notice = decode_server_message(payload);
  if (!notice) return tl::unexpected(notice.error());
  if (session.on_notice) session.on_notice(*notice);
  return {};
}

Result<void> note_notification(ByteSpan payload, const SessionState& session) {
  const auto notification = decode_notification_response(payload);
  if (!notification) return tl::unexpected(notification.error());
  if (session.on_notification) session.on_notification(notification->channel, notification->payload);
  return {};
}

bool mentions_password(std::string_view sql) {
  static constexpr std::string_view kWord = "password";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::search(sql.begin(), sql.end(), kWord.begin(), kWord.end(), same) != sql.end();
}

}  // namespace

Result<bool> absorb_asynchronous(const MessageView& message, SessionState& session) {
  Result<void> result;
  switch (static_cast<BackendType>(message.type)) {
    case BackendType::parameter_status: result = note_parameter(message.payload, session); break;
    case BackendType::notice_response: result = note_notice(message.payload, session); break;
    case BackendType::notification_response: result = note_notification(message.payload, session); break;
    default: return false;
  }
  if (!result) return tl::unexpected(result.error());
  return true;
}

tl::unexpected<Error> unexpected_message(char type, std::string_view while_doing) {
  return fail(ErrorCode::protocol,
              fmt::format("unexpected {} from the server while {}", backend_type_name(type), while_doing));
}

std::string statement_excerpt(std::string_view sql) {
  const std::size_t begin = sql.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  if (mentions_password(sql)) return "(statement with a password, not shown)";
  std::string_view line = sql.substr(begin);
  line = line.substr(0, line.find_first_of("\r\n"));
  if (line.size() <= kStatementExcerptBytesMax) return std::string(line);
  // Not in the middle of a UTF-8 character.
  std::size_t end = kStatementExcerptBytesMax;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return std::string(line.substr(0, end)) + "...";
}

Reply::Reply(SessionState& session, std::string_view sql)
    : session_(session), statement_(statement_excerpt(sql)) {}

Result<std::optional<MessageView>> Reply::next(FrameReader& in) {
  while (skip_copy_data_) {
    in.piece();  // of the message left open last time, if any
    if (in.open_bytes() > 0) return std::optional<MessageView>{};
    const auto found = in.peek();
    if (!found) return tl::unexpected(found.error());
    if (!*found || (*found)->type != static_cast<char>(BackendType::copy_data)) break;
    in.open();
  }
  return in.next();
}

Result<Reply::Kind> Reply::sort(const MessageView& message) {
  switch (static_cast<BackendType>(message.type)) {
    case BackendType::error_response: {
      auto decoded = decode_server_message(message.payload);
      if (!decoded) return tl::unexpected(decoded.error());
      note_server_error(*std::move(decoded));
      return Kind::absorbed;
    }
    case BackendType::ready_for_query: {
      const auto status = decode_ready_for_query(message.payload);
      if (!status) return tl::unexpected(status.error());
      session_.transaction_status = *status;
      return Kind::ready;
    }
    default: {
      const auto absorbed = absorb_asynchronous(message, session_);
      if (!absorbed) return tl::unexpected(absorbed.error());
      return *absorbed ? Kind::absorbed : Kind::other;
    }
  }
}

void Reply::note_server_error(ServerMessage message) {
  // The first error is the cause; only the one that ends the session outweighs it.
  if (error_ && !is_fatal(message)) return;
  error_ = Error{.code = ErrorCode::server,
                 .message = message.message,
                 .hint = message.hint,
                 .object = {},
                 .statement = statement_,
                 .offset = {},
                 .server = std::move(message)};
}

void Reply::set_error(Error error) {
  if (error_) return;
  if (error.statement.empty()) error.statement = statement_;
  error_ = std::move(error);
}

Action Reply::finish() {
  return error_ ? Action::failed(*error_) : Action::done();
}

Error Reply::on_eof() const {
  Error error;
  if (error_) error = *error_;
  error.code = ErrorCode::connection_lost;
  if (!error.server || !is_fatal(*error.server)) {
    error.message = error.message.empty()
                        ? "the server closed the connection unexpectedly"
                        : "the server closed the connection unexpectedly after: " + error.message;
    error.hint = "the server's log says why";
  }
  return error;
}

}  // namespace pgark::wire
