#include "protocol/session_kind.hpp"

#include <boost/system/system_error.hpp>

#include "protocol/connection_errors.hpp"
#include "protocol/deadline.hpp"
#include "protocol/query.hpp"

namespace pgark::protocol {
namespace {

using params::TargetSessionAttrs;

asio::awaitable<Result<bool>> ask(Session& session, std::string sql, std::string_view yes) {
  auto outcome = co_await run_query(session, std::move(sql), wire::SimpleQueryMachine::Rows::keep);
  if (outcome.action.kind != wire::Action::Kind::done)
    co_return tl::unexpected(startup_error(outcome.action.error));
  if (outcome.results.size() != 1 || outcome.results[0].row_count() != 1) {
    co_return fail(ErrorCode::protocol, "unexpected answer to the question for the kind of session");
  }
  co_return outcome.results[0].text(0, 0) == yes;
}

asio::awaitable<Result<bool>> is_read_only(Session& session) {
  const std::string_view standby = session.state().parameter("in_hot_standby");
  const std::string_view read_only = session.state().parameter("default_transaction_read_only");
  if (!standby.empty() && !read_only.empty()) co_return standby == "on" || read_only == "on";
  co_return co_await ask(session, "SHOW transaction_read_only", "on");
}

asio::awaitable<Result<bool>> is_standby(Session& session) {
  const std::string_view standby = session.state().parameter("in_hot_standby");
  if (!standby.empty()) co_return standby == "on";
  co_return co_await ask(session, "SELECT pg_catalog.pg_is_in_recovery()", "t");
}

// What must be known, and the answer that is wanted.
struct Demand {
  bool about_standby;
  bool wanted;
  const char* refusal;
};

std::optional<Demand> demand(TargetSessionAttrs attrs) {
  switch (attrs) {
    case TargetSessionAttrs::any:
    case TargetSessionAttrs::prefer_standby: return std::nullopt;
    case TargetSessionAttrs::read_write: return Demand{false, false, "the session is read-only"};
    case TargetSessionAttrs::read_only: return Demand{false, true, "the session is not read-only"};
    case TargetSessionAttrs::primary: return Demand{true, false, "the server is a standby"};
    case TargetSessionAttrs::standby: return Demand{true, true, "the server is not a standby"};
  }
  return std::nullopt;
}

}  // namespace

asio::awaitable<Result<>> check_session_kind(Session& session, TargetSessionAttrs attrs, int timeout_s) {
  const std::optional<Demand> wanted = demand(attrs);
  if (!wanted) co_return Result<>();
  const Deadline deadline(session.executor(), std::chrono::seconds(timeout_s),
                          [&session] { session.transport().close(); });
  Result<bool> answer = false;
  try {
    if (wanted->about_standby) {
      answer = co_await is_standby(session);
    } else {
      answer = co_await is_read_only(session);
    }
  } catch (const boost::system::system_error&) {
    if (!deadline.expired()) throw;
    answer = tl::unexpected(connect_timeout_error(timeout_s));
  }
  if (!answer) co_return tl::unexpected(answer.error());
  if (*answer == wanted->wanted) co_return Result<>();
  co_return fail(ErrorCode::connect, wanted->refusal, {},
                 "target_session_attrs asks for another kind of server");
}

}  // namespace pgark::protocol
