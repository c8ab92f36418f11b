#include "storage/http/client.hpp"

#include <algorithm>
#include <utility>

namespace pgark::storage::http {
namespace {

constexpr std::size_t kKeptMax = 64;

}  // namespace

Client::Client(ConnectionChoice choice) : choice_(std::move(choice)) {}
Client::~Client() = default;

// The one that was used last: the others may be closed already.
std::unique_ptr<Connection> Client::take(const Endpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  while (true) {
    const auto found = std::find_if(kept_.rbegin(), kept_.rend(),
                                    [&endpoint](const Kept& kept) { return kept.endpoint == endpoint; });
    if (found == kept_.rend()) return nullptr;
    auto connection = std::move(found->connection);
    kept_.erase(std::next(found).base());
    if (connection->reusable()) return connection;
  }
}

void Client::keep(const Endpoint& endpoint, std::unique_ptr<Connection> connection) {
  if (!connection->reusable()) return;
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kKeptMax) kept_.erase(kept_.begin());
  kept_.push_back({endpoint, std::move(connection)});
}

Outcome<Response> Client::exchange(const Endpoint& endpoint, const Call& call) {
  const std::size_t filled_before = call.into != nullptr ? call.into->filled : 0;
  if (auto kept = take(endpoint)) {
    auto answer = kept->exchange(call);
    if (answer) keep(endpoint, std::move(kept));
    // What is not idempotent may have been done already: that is for the caller to sort out.
    if (!answer && call.request.method == "POST") return answer;
    const bool untouched = call.into == nullptr || call.into->filled == filled_before;
    if (answer || answer.error().kind != FailureKind::broken || !untouched) return answer;
  }
  auto opened = Connection::open(endpoint, choice_);
  if (!opened) return tl::unexpected(opened.error());
  auto answer = (*opened)->exchange(call);
  if (answer) keep(endpoint, std::move(*opened));
  return answer;
}

}  // namespace pgark::storage::http
