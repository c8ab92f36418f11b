// What the replies to all statements have in common: messages that may come at any time, the first
// error, COPY data that nobody wants, and the end at ReadyForQuery. The query and copy machines
// each hold one. The SessionState outlives it. Not thread safe.
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
  // `sql` is what errors will show, see statement_excerpt(); may be empty.
  explicit Reply(SessionState& session, std::string_view sql = {});

  // Works through the received messages. Those that are not absorbed here go to
  // `handle(const MessageView&) -> Result<bool>`; true stops with Action::data, an error with
  // Action::broken. Otherwise need_read, or done or failed after ReadyForQuery.
  template <class Handle>
  Action run(FrameReader& in, const Handle& handle) {
    for (;;) {
      if (auto action = step(in, handle)) return *std::move(action);
    }
  }
  // As run(), but one message; nullopt when the next one may follow.
  template <class Handle>
  std::optional<Action> step(FrameReader& in, const Handle& handle) {
    const auto message = next(in);
    if (!message) return Action::broken(message.error());
    if (!*message) return Action::need_read();
    const auto kind = sort(**message);
    if (!kind) return Action::broken(kind.error());
    if (*kind == Kind::ready) return finish();
    if (*kind == Kind::absorbed) return std::nullopt;
    const Result<bool> stop = handle(**message);
    if (!stop) return Action::broken(stop.error());
    if (*stop) return Action::data();
    return std::nullopt;
  }

  // Notes a failure of our own (a COPY where none is allowed); an earlier error stays.
  void set_error(Error error);
  bool has_error() const { return error_.has_value(); }
  const std::optional<Error>& error() const { return error_; }
  // Forgets an error that was provoked and expected.
  void clear_error() { error_.reset(); }
  // From now on CopyData messages are dropped, piecewise, instead of being handled.
  void set_skip_copy_data() { skip_copy_data_ = true; }

  // The server's last words if there were any, else ErrorCode::connection_lost.
  Error on_eof() const;

 private:
  enum class Kind : std::uint8_t { absorbed, ready, other };

  Result<std::optional<MessageView>> next(FrameReader& in);
  Result<Kind> sort(const MessageView& message);
  void note_server_error(ServerMessage message);
  Action finish();

  SessionState& session_;
  std::string statement_;
  bool skip_copy_data_ = false;
  std::optional<Error> error_;
};

// Handles ParameterStatus, NoticeResponse and NotificationResponse. False: another message.
Result<bool> absorb_asynchronous(const MessageView& message, SessionState& session);

// The error for a message that has no place in the current state.
tl::unexpected<Error> unexpected_message(char type, std::string_view while_doing);

// First line of a statement, at most kStatementExcerptBytesMax long; a statement that mentions a
// password is not shown at all.
inline constexpr std::size_t kStatementExcerptBytesMax = 200;
std::string statement_excerpt(std::string_view sql);

}  // namespace pgark::wire
