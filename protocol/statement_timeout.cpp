#include "protocol/statement_timeout.hpp"

#include "base/error.hpp"
#include "base/sqlstate.hpp"

namespace pgark::protocol {
namespace {

constexpr int kAttemptsMax = 50;

// No one but the timeout cancels a statement of a session that has just begun.
bool is_timeout(const Error& error, const Connection& connection) {
  return sqlstate::is(error, sqlstate::kQueryCanceled) && connection.status() == Status::idle;
}

}  // namespace

boost::asio::awaitable<void> lift_statement_timeout(Connection& connection) {
  for (int attempt = 1;; ++attempt) {
    // A message of its own: the time counts for the whole message. Twice: a timer that goes off at the end of
    // the first statement is noticed by the second. After it, it would break the next message, or come as an
    // error that no one has asked for.
    std::string sql = "SET statement_timeout = 0; SET statement_timeout = 0";
    try {
      co_await connection.execute(std::move(sql));
      co_return;
    } catch (const Exception& exception) {
      if (attempt == kAttemptsMax || !is_timeout(exception.error(), connection)) throw;
    }
  }
}

}  // namespace pgark::protocol
