#include "restore/live/live_loads.hpp"

#include <algorithm>
#include <utility>

namespace pgark::restore {

namespace asio = boost::asio;
using format::EntryId;

LiveLoads::LiveLoads(asio::any_io_executor owner, RestorePlan& plan, RowFeed& feed)
    : owner_(owner), plan_(plan), feed_(feed), changed_(owner) {
  feed_.listen(changed_.notifier());
}

LiveLoads::~LiveLoads() {
  feed_.listen({});
}

std::size_t LiveLoads::loaders_of(StepId id) const {
  const auto found = loaders_.find(id);
  return found == loaders_.end() ? 0 : found->second;
}

bool LiveLoads::may_begin(const Step& step) const {
  if (step.state == StepState::running) return !step.in_one_piece;
  return step.state == StepState::waiting && plan_.may_take(step);
}

// Takes notice of what has come: rows that nobody wants, entries that have ended.
void LiveLoads::sweep() {
  for (const EntryId entry : feed_.waiting()) {
    const std::optional<StepId> id = plan_.first_step(entry);
    const StepState state = id ? plan_.step(*id).state : StepState::skipped;
    if (state != StepState::waiting && state != StepState::running) feed_.drop(entry);
  }
  for (const EntryId entry : feed_.take_ended()) {
    if (const std::optional<StepId> id = plan_.first_step(entry)) ended_.insert(*id);
  }
  if (all_ended_ || feed_.final_toc() == nullptr) return;
  all_ended_ = true;
  for (const Step& step : plan_.steps()) {
    if (step.live) ended_.insert(step.id);
  }
}

std::optional<StepId> LiveLoads::begin() {
  sweep();
  for (const EntryId entry : feed_.waiting()) {
    const std::optional<StepId> id = plan_.first_step(entry);
    if (!id || !may_begin(plan_.step(*id))) continue;
    if (plan_.step(*id).state == StepState::waiting) plan_.take_load_of(entry);
    ++loaders_[*id];
    changed_.notify();
    return id;
  }
  return std::nullopt;
}

void LiveLoads::end(StepId id) {
  if (--loaders_[id] == 0) loaders_.erase(id);
  changed_.notify();
}

void LiveLoads::drop(StepId id) {
  feed_.drop(plan_.step(id).entry->id);
  changed_.notify();
}

std::vector<StepId> LiveLoads::take_complete() {
  sweep();
  std::vector<StepId> complete;
  for (auto at = ended_.begin(); at != ended_.end();) {
    const Step& step = plan_.step(*at);
    const bool open = step.state == StepState::waiting || step.state == StepState::running;
    const bool loaded = open && loaders_of(*at) == 0 && feed_.exhausted(step.entry->id);
    // One without rows has not begun.
    const bool running =
        loaded && (step.state == StepState::running || plan_.take_load_of(step.entry->id).has_value());
    if (running) complete.push_back(*at);
    at = running || !open ? ended_.erase(at) : std::next(at);
  }
  return complete;
}

bool LiveLoads::wanted_elsewhere() const {
  if (idle_ != 0) return false;
  if (plan_.has_ready()) return true;
  return std::ranges::any_of(feed_.waiting(), [this](EntryId entry) {
    const std::optional<StepId> id = plan_.first_step(entry);
    return id && may_begin(plan_.step(*id));
  });
}

asio::awaitable<std::optional<FedRows>> LiveLoads::next_rows(StepId id) {
  const Step& step = plan_.step(id);
  const EntryId entry = step.entry->id;
  while (true) {
    sweep();
    if (step.state != StepState::running) co_return std::nullopt;
    if (std::optional<FedRows> rows = feed_.take(entry)) co_return rows;
    if (feed_.exhausted(entry)) co_return std::nullopt;
    if (!step.in_one_piece && wanted_elsewhere()) co_return std::nullopt;
    co_await wait_counted(step.in_one_piece ? bound_ : in_copy_);
  }
}

asio::awaitable<void> LiveLoads::wait() {
  co_await wait_counted(idle_);
}

asio::awaitable<void> LiveLoads::wait_counted(std::size_t& count) {
  struct Counted {
    explicit Counted(std::size_t& all) : count(all) { ++count; }
    ~Counted() { --count; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    std::size_t& count;
  };
  const Counted counted(count);
  check_progress();
  co_await changed_.wait();
}

bool LiveLoads::somebody_can_go_on() const {
  const bool somebody_is_free = bound_ < runners_;
  if (somebody_is_free && plan_.has_ready()) return true;
  const bool rows = std::ranges::any_of(feed_.waiting(), [&](EntryId entry) {
    const std::optional<StepId> id = plan_.first_step(entry);
    return !id || loaders_of(*id) != 0 || (somebody_is_free && may_begin(plan_.step(*id)));
  });
  return rows || std::ranges::any_of(loaders_, [this](const auto& loader) {
           return feed_.exhausted(plan_.step(loader.first).entry->id);
         });
}

void LiveLoads::check_progress() const {
  if (idle_ + in_copy_ + bound_ < runners_ || !feed_.clogged() || somebody_can_go_on()) return;
  Error error;
  error.code = ErrorCode::usage;
  error.message = "rows come in an order in which they cannot be loaded as they come";
  const std::vector<EntryId> waiting = feed_.waiting();
  if (const std::optional<StepId> id = plan_.first_step(waiting.front()))
    error.object = describe(*plan_.step(*id).entry);
  error.hint =
      "give the same options (--data-only, --section) to the backup, and no more connections (-j) than here; "
      "or "
      "store the archive in a file first";
  throw Exception(std::move(error));
}

}  // namespace pgark::restore
