#include "dumper/change_check.hpp"

#include "dumper/catalog/state.hpp"

namespace pgark::dumper {

namespace asio = boost::asio;

asio::awaitable<std::vector<std::string>> find_changes(protocol::Connection& leader,
                                                       protocol::Connection& observer,
                                                       std::string sum_before) {
  std::string look = "ROLLBACK; " + catalog_sum_sql();
  const auto answers = co_await observer.query_all(std::move(look));
  std::vector<std::string> changed;
  if (answers.back().text(0, 0) == sum_before) co_return changed;
  const wire::ResultSet before = co_await leader.query(catalog_state_sql());
  const wire::ResultSet now = co_await observer.query(catalog_state_sql());
  changed = changed_objects(before, now);
  if (changed.size() > kChangedNamesMax) {
    const std::size_t more = changed.size() - kChangedNamesMax;
    changed.resize(kChangedNamesMax);
    changed.push_back(std::to_string(more) + " more");
  }
  co_return changed;
}

}  // namespace pgark::dumper
