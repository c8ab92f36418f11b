#include "restore/transaction_group.hpp"

#include <limits>

namespace pgark::restore {

namespace asio = boost::asio;

asio::awaitable<void> TransactionGroup::begin() {
  entries_ = 0;
  co_await connection_.execute("BEGIN");
}

asio::awaitable<void> TransactionGroup::add(std::size_t entries) {
  entries_ += entries;
  if (entries_max_ == 0 || entries_ < entries_max_) co_return;
  co_await commit();
  co_await begin();
}

asio::awaitable<void> TransactionGroup::commit() {
  co_await connection_.execute("COMMIT");
}

std::size_t TransactionGroup::room() const {
  return entries_max_ == 0 ? std::numeric_limits<std::size_t>::max() : entries_max_ - entries_;
}

}  // namespace pgark::restore
