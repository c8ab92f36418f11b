#include "cli/replace_guard.hpp"

#include <exception>
#include <utility>

#include "restore/replace/exclusion.hpp"
#include "restore/session.hpp"
#include "restore/target.hpp"

namespace pgark::cli {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

asio::awaitable<void> ask_whether_alive(Connection& connection, const std::string& database) {
  try {
    co_await connection.execute("SELECT 1");
  } catch (const Exception& exception) {
    Error error = exception.error();
    error.code = ErrorCode::connection_lost;
    error.object = database;
    error.message = "the connection that kept other restores out is gone: " + error.message;
    error.hint = "nothing has been changed; run the command again";
    throw Exception(std::move(error));
  }
}

}  // namespace

ReplaceGuard::ReplaceGuard(const params::ConnectParams& target, const std::string& role, std::string doing,
                           Console& console)
    : database_(target.database), runtime_(console) {
  runtime_.run([&](RuntimeTools tools) -> asio::awaitable<void> {
    restore::SessionChoice session;
    session.role = role;
    std::string name = database_;
    std::exception_ptr unreachable;
    try {
      inside_ = co_await restore::open_session(tools.executor, target, session, console);
    } catch (const Exception&) {
      unreachable = std::current_exception();
    }
    if (inside_) {
      co_await restore::claim_replacing(*inside_, restore::kReplacing, database_, doing);
      const wire::ResultSet row = co_await inside_->query("SELECT pg_catalog.current_database()");
      name = row.text(0, 0);
    }
    try {
      outside_ = co_await restore::open_maintenance(tools.executor, target, name, session, console);
    } catch (const Exception&) {
      if (unreachable) std::rethrow_exception(unreachable);
      co_return;
    }
    co_await restore::claim_replacing(*outside_, restore::replacing_elsewhere(name), database_, doing);
  });
}

void ReplaceGuard::check() {
  runtime_.run([this](RuntimeTools) -> asio::awaitable<void> {
    if (inside_) co_await ask_whether_alive(*inside_, database_);
    if (outside_) co_await ask_whether_alive(*outside_, database_);
  });
}

void ReplaceGuard::leave_database() {
  runtime_.run([this](RuntimeTools) -> asio::awaitable<void> {
    if (const auto inside = std::move(inside_)) co_await inside->close();
  });
}

}  // namespace pgark::cli
