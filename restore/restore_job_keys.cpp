// The part of a restore that concerns foreign keys which are not there while rows are loaded: see
// restore_job.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/async/task_group.hpp"
#include "base/sql_quote.hpp"
#include "restore/restore_job.hpp"
#include "restore/target.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

namespace {

// What is known of a key since it was dropped first counts; it may have been made again as NOT VALID.
void take_from_record(const ForeignKeys& recorded, ForeignKeys& found) {
  for (ForeignKey& key : found) {
    const auto known = std::ranges::find_if(recorded, [&key](const ForeignKey& other) {
      return other.table == key.table && other.name == key.name;
    });
    if (known == recorded.end()) continue;
    key = *known;
    key.state = KeyState::dropped;
  }
}

}  // namespace

asio::awaitable<void> RestoreJob::drop_keys() {
  if (!context_.options.drop_foreign_keys) co_return;
  std::optional<Error> refused;
  try {
    co_await try_to_drop_keys();
    co_return;
  } catch (const Exception& exception) {
    if (context_.options.resume || leader().connection().status() != protocol::Status::idle) throw;
    refused = exception.error();
  }
  // There is nothing yet to go on with.
  if (std::exchange(context_.journal, nullptr) != nullptr)
    co_await Journal::remove(leader().connection(), events_);
  throw Exception(std::move(*refused));
}

asio::awaitable<void> RestoreJob::try_to_drop_keys() {
  const bool recorded = context_.journal != nullptr;
  protocol::Connection& connection = leader().connection();
  if (recorded) keys_ = co_await recorded_foreign_keys(connection);
  const bool rows_to_come = std::ranges::any_of(plan_->steps(), [](const Step& step) {
    return step.is_load && step.state != StepState::done && !step.chunks.empty();
  });
  if (!rows_to_come) co_return;
  ForeignKeys found = co_await find_foreign_keys(connection, tables_to_load(toc_, *selection_));
  if (found.empty()) co_return;
  take_from_record(keys_, found);
  co_await drop_foreign_keys(connection, found, recorded);
  for (ForeignKey& key : found) {
    events_.message(Severity::debug, "dropped: " + one_line(key.definition), one_line(key.describe()));
    std::erase_if(keys_, [&key](const ForeignKey& other) { return other.number == key.number; });
    keys_.push_back(std::move(key));
  }
  events_.message(Severity::info,
                  fmt::format("{} foreign keys are dropped, and made again after the rows", keys_.size()),
                  {});
}

bool RestoreJob::has_open_keys() const {
  return context_.journal != nullptr && !lost_keys_.empty();
}

// Those that lock two tables one after the other; then the long looks at all rows beside each other.
asio::awaitable<void> RestoreJob::put_keys_back() {
  const auto is_open = [](const ForeignKey& key) { return key.state != KeyState::done; };
  if (std::ranges::none_of(keys_, is_open)) co_return;
  events_.phase("making foreign keys again");
  const bool recorded = context_.journal != nullptr;
  // A table with a check that is still to come cannot be altered.
  if (!recorded) co_await leader().connection().execute("SET CONSTRAINTS ALL IMMEDIATE");
  for (ForeignKey& key : keys_) {
    if (key.state != KeyState::dropped) continue;
    std::optional<Error> error = co_await restore_foreign_key(leader().connection(), key, recorded);
    settle_key(key, std::move(error));
  }
  co_await validate_keys();
  if (!has_open_keys()) co_return;
  events_.message(Severity::notice,
                  "the record of these foreign keys stays in the target: when the cause is mended, --resume "
                  "makes them again",
                  {});
}

asio::awaitable<void> RestoreJob::validate_keys() {
  const bool recorded = context_.journal != nullptr;
  ForeignKeys::iterator next = keys_.begin();
  const auto take = [this, &next]() -> ForeignKey* {
    const std::lock_guard lock(settling_);
    while (next != keys_.end() && next->state != KeyState::added) ++next;
    return next == keys_.end() || first_error_ ? nullptr : &*next++;
  };
  const auto validate = [this, &take, recorded](protocol::Connection& connection) -> asio::awaitable<void> {
    while (ForeignKey* key = take()) {
      std::optional<Error> error = co_await restore_foreign_key(connection, *key, recorded);
      const std::lock_guard lock(settling_);
      settle_key(*key, std::move(error));
    }
  };
  const auto count = static_cast<std::size_t>(std::ranges::count(keys_, KeyState::added, &ForeignKey::state));
  async::TaskGroup group(strand_);
  for (std::size_t i = 0; i < std::min(workers_.size(), count); ++i) {
    async::Task task = [&worker = *workers_[i], &validate] {
      return worker.run_beside_steps(validate, "foreign keys");
    };
    group.spawn(workers_[i]->executor(), std::move(task));
  }
  co_await group.join();
}

void RestoreJob::settle_key(const ForeignKey& key, std::optional<Error> error) {
  if (!error) return;
  error->object = one_line(key.describe());
  error->message = (key.state == KeyState::added ? "is NOT VALID, so that it holds for new rows only: "
                                                 : "could not be made again: ") +
                   error->message;
  if (context_.options.stops_at_error()) throw Exception(std::move(*error));
  lost_keys_.push_back({0, "FK CONSTRAINT", one_line(key.table + " " + key.name), *error, false});
  report_failure(lost_keys_.back());
}

}  // namespace pgark::restore
