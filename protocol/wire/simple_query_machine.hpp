// One Query message of the simple protocol: any number of statements, their result sets in order.
//
// After an ErrorResponse the rest is drained to ReadyForQuery and the action is failed; result sets that were
// complete before stay readable. COPY is not possible here: COPY FROM STDIN is answered with CopyFail, the
// data of COPY TO STDOUT is thrown away, and both end as failed (ErrorCode::usage). PostgreSQL documentation,
// "Message Flow", section "Simple Query".
#pragma once

#include <string>
#include <vector>

#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/machine.hpp"
#include "protocol/wire/reply.hpp"
#include "protocol/wire/result_set.hpp"
#include "protocol/wire/session_state.hpp"

namespace pgark::wire {

class SimpleQueryMachine {
 public:
  enum class Rows : std::uint8_t { keep, discard };

  SimpleQueryMachine(std::string sql, SessionState& session, Rows rows = Rows::keep);

  // need_read, done, failed or broken.
  Action resume(FrameReader& in, std::vector<std::byte>& out);
  Error on_eof() const { return reply_.on_eof(); }

  // One entry per statement that completed, an empty query string included (its tag is empty). With
  // Rows::discard they hold command tags only.
  std::vector<ResultSet> take_results() { return std::move(results_); }

 private:
  enum class State : std::uint8_t { initial, reply, finished };

  Result<bool> handle(const MessageView& message, std::vector<std::byte>& out);
  Result<void> begin_rows(ByteSpan payload);
  Result<void> add_row(ByteSpan payload);
  Result<void> complete(ByteSpan payload);
  void refuse_copy_in(std::vector<std::byte>& out);
  void refuse_copy_out();

  std::string sql_;
  Reply reply_;
  const Rows rows_;
  State state_ = State::initial;
  bool in_rows_ = false;  // between RowDescription and CommandComplete
  ResultSet current_;
  std::vector<ResultSet> results_;
};

}  // namespace pgark::wire
