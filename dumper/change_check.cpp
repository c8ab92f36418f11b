#include "dumper/change_check.hpp"

#include <array>
#include <exception>
#include <optional>
#include <string_view>

#include "base/async/task_group.hpp"
#include "base/sqlstate.hpp"
#include "dumper/catalog/state.hpp"

namespace pgark::dumper {

namespace asio = boost::asio;

namespace {

// Answers of the leader, in its snapshot, and of the observer, which sees what is committed now.
using Answers = std::array<wire::ResultSet, 2>;

// An error is left for later: thrown, it would break off the statement of the other session, and with it the
// connection.
asio::awaitable<void> ask(protocol::Connection& connection, std::string sql, wire::ResultSet& answer,
                          std::exception_ptr& failure) {
  try {
    answer = std::move((co_await connection.query_all(std::move(sql))).back());
  } catch (const Exception&) {
    failure = std::current_exception();
  }
}

// Both at once: on a large catalog each takes its time. `first` runs before in the observer's session.
asio::awaitable<Answers> ask_both(protocol::Connection& leader, protocol::Connection& observer,
                                  std::string sql, std::string first = {}) {
  Answers answers;
  std::exception_ptr failures[2];
  async::TaskGroup group(leader.executor());
  const async::Task before = [&] { return ask(leader, sql, answers[0], failures[0]); };
  const async::Task now = [&] { return ask(observer, first + sql, answers[1], failures[1]); };
  group.spawn(leader.executor(), before);
  group.spawn(observer.executor(), now);
  co_await group.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  co_return answers;
}

// From here on the observer holds no lock that anybody could wait for, and does not wait for ever: somebody
// who rewrites a catalog may wait for the leader.
constexpr const char* kObserverAlone = "ROLLBACK; SET lock_timeout = '10s'; ";

asio::awaitable<bool> nothing_was_committed(protocol::Connection& leader, protocol::Connection& observer) {
  const Answers commits = co_await ask_both(leader, observer, commits_sql(), kObserverAlone);
  co_return commits[0].text(0, 0) == commits[1].text(0, 0) && !commits[1].boolean(0, 1);
}

asio::awaitable<bool> sums_agree(protocol::Connection& leader, protocol::Connection& observer) {
  const Answers sums = co_await ask_both(leader, observer, catalog_sum_sql());
  co_return sums[0].text(0, 0) == sums[1].text(0, 0);
}

asio::awaitable<std::vector<std::string>> compare(protocol::Connection& leader,
                                                  protocol::Connection& observer) {
  std::vector<std::string> changed;
  if (co_await nothing_was_committed(leader, observer)) co_return changed;
  if (co_await sums_agree(leader, observer)) co_return changed;
  const Answers states = co_await ask_both(leader, observer, catalog_state_sql());
  changed = changed_objects(states[0], states[1]);
  if (changed.size() > kChangedNamesMax) {
    const std::size_t more = changed.size() - kChangedNamesMax;
    changed.resize(kChangedNamesMax);
    changed.push_back(std::to_string(more) + " more");
  }
  co_return changed;
}

}  // namespace

asio::awaitable<std::vector<std::string>> find_changes(protocol::Connection& leader,
                                                       protocol::Connection& observer) {
  std::optional<Error> failure;
  try {
    co_return co_await compare(leader, observer);
  } catch (const Exception& exception) {
    failure = exception.error();
  }
  if (!sqlstate::is(*failure, sqlstate::kLockNotAvailable)) throw Exception(std::move(*failure));
  co_return std::vector<std::string>{"a system catalog (VACUUM FULL)"};
}

}  // namespace pgark::dumper
