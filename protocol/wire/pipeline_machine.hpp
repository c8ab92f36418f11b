// Many statements of the extended protocol, sent without waiting, one Sync at the end.
//
//   {Parse Bind Describe Execute}* Sync
//   -> {ParseComplete BindComplete (RowDescription DataRow* | NoData) CommandComplete}* ReadyForQuery
//
// The first failing statement ends the pipeline: the server skips the ones after it and
// failed_index() names it. Without an open transaction the pipeline is one transaction.
//
// Never deadlocks although the driver writes everything before it reads: at most kWindowBytes of statements
// (or one longer statement) are unanswered at a time, the rest follows as answers arrive. PostgreSQL
// documentation, "Message Flow", sections "Extended Query" and "Pipelining".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/machine.hpp"
#include "protocol/wire/reply.hpp"
#include "protocol/wire/result_set.hpp"
#include "protocol/wire/session_state.hpp"

namespace pgark::wire {

// A single statement with text parameters ($1, $2, ...).
struct PipelineStatement {
  std::string sql;
  std::vector<std::string> parameters;
};

class PipelineMachine {
 public:
  static constexpr std::size_t kWindowBytes = 64 * 1024;
  static constexpr std::size_t kNoIndex = SIZE_MAX;

  PipelineMachine(std::vector<PipelineStatement> statements, SessionState& session);

  // need_read, done, failed or broken. An empty pipeline is done at once, without a byte sent.
  Action resume(FrameReader& in, std::vector<std::byte>& out);
  Error on_eof() const { return reply_.on_eof(); }

  // One per statement, in order; after failed, those before failed_index().
  std::vector<ResultSet> take_results() { return std::move(results_); }
  // Position of the statement that failed; kNoIndex when the failure concerns none (at Sync, i.e. commit).
  std::size_t failed_index() const { return failed_index_; }

 private:
  enum class Step : std::uint8_t { parse, bind, describe, rows };  // of the statement being answered
  enum class State : std::uint8_t { initial, reply, finished };

  Result<void> check_statements();
  void send_more(std::vector<std::byte>& out);
  void send_sync(std::vector<std::byte>& out);
  Result<bool> handle(const MessageView& message);
  Result<void> handle_rows(const MessageView& message);
  void complete_statement(std::string_view tag);
  void refuse_copy_out();
  Action finish(Action action);

  std::vector<PipelineStatement> statements_;
  std::vector<std::size_t> sent_bytes_;  // per sent statement; its size is the number sent
  Reply reply_;
  State state_ = State::initial;
  Step step_ = Step::parse;
  std::size_t window_bytes_ = 0;  // sent and not answered
  bool returns_rows_ = false;     // the statement being answered has a RowDescription
  bool sync_sent_ = false;
  std::size_t failed_index_ = kNoIndex;
  ResultSet current_;
  std::vector<ResultSet> results_;
};

}  // namespace pgark::wire
