// What the replies to all statements have in common: messages that may come at any time, the first
// error, and the end at ReadyForQuery. The query and copy machines each hold one.
// The SessionState outlives it. Not thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/machine.hpp"
#include "protocol/wire/session_state.hpp"

namespace pgark::wire {

class Reply {
 public:
  explicit Reply(SessionState& session) : session_(session) {}

  enum class Kind : std::uint8_t {
    absorbed,  // asynchronous message or error: noted here, nothing to do
    ready,     // ReadyForQuery: the reply is over
    other,     // the machine's own business
  };
  // Sorts a message; an error says that the bytes are not the protocol.
  Result<Kind> sort(const MessageView& message);

  // Notes a failure of our own (a COPY where none is allowed); an earlier error stays.
  void set_error(Error error);
  bool has_error() const { return error_.has_value(); }
  // Forgets a server error that was provoked and expected.
  void clear_error() { error_.reset(); }
  // Statement shown in errors; see statement_excerpt().
  void set_statement(std::string_view sql);

  // The action at ReadyForQuery: failed with the noted error, else done.
  Action finish();
  Error on_eof() const;

 private:
  SessionState& session_;
  std::string statement_;
  std::optional<Error> error_;
};

// Handles ParameterStatus, NoticeResponse and NotificationResponse. False: another message.
Result<bool> absorb_asynchronous(const MessageView& message, SessionState& session);

// The error for a message that has no place in the current state.
tl::unexpected<Error> unexpected_message(char type, std::string_view while_doing);

// First line of a statement, at most kStatementExcerptBytesMax long; a statement that mentions a password is
// not shown at all.
inline constexpr std::size_t kStatementExcerptBytesMax = 200;
std::string statement_excerpt(std::string_view sql);

}  // namespace pgark::wire
