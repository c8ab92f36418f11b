#include "dumper/change_check.hpp"

#include <utility>

#include "dumper/catalog/state.hpp"
#include "dumper/session.hpp"

namespace pgark::dumper {

namespace asio = boost::asio;

asio::awaitable<std::vector<std::string>> find_changes(protocol::Connection& leader,
                                                       params::ConnectParams source,
                                                       protocol::NoticeHandler on_notice,
                                                       RunningConnections& running) {
  source = pinned_to(std::move(source), leader.peer());
  const auto observer =
      co_await protocol::Connection::connect(leader.executor(), std::move(source), std::move(on_notice));
  running.add(*observer);
  const SessionOptions as_usual;
  co_await pin_session(*observer, as_usual);
  std::vector<std::string> changed;
  const wire::ResultSet sum_before = co_await leader.query(catalog_sum_sql());
  const wire::ResultSet sum_now = co_await observer->query(catalog_sum_sql());
  if (sum_before.text(0, 0) != sum_now.text(0, 0)) {
    const wire::ResultSet before = co_await leader.query(catalog_state_sql());
    const wire::ResultSet now = co_await observer->query(catalog_state_sql());
    changed = changed_objects(before, now);
  }
  co_await observer->close();
  if (changed.size() > kChangedNamesMax) {
    const std::size_t more = changed.size() - kChangedNamesMax;
    changed.resize(kChangedNamesMax);
    changed.push_back(std::to_string(more) + " more");
  }
  co_return changed;
}

}  // namespace pgark::dumper
