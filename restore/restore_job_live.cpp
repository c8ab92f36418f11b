// The part of a restore that concerns rows which are still coming: see restore_job.hpp.
#include "restore/restore_job.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

void RestoreJob::begin_live() {
  live_.emplace(strand_, *plan_, *input_.feed);
  context_.live = &*live_;
  context_.cpu = &cpu_;
}

// Until then nobody knows whether the source has come to its end.
asio::awaitable<void> RestoreJob::await_totals() {
  while (input_.feed->final_toc() == nullptr) {
    live_->sweep();
    co_await live_->changed().wait();
  }
}

void RestoreJob::verify_digests() const {
  for (const Step& step : plan_->steps()) {
    if (!step.is_load || !plan_->entry_done(step.entry->id)) continue;
    const format::DataSummary* sent = input_.feed->final_toc()->find_data(step.entry->id);
    const auto loaded = digests_loaded_.find(step.entry->id);
    const format::Digest128 expected = sent == nullptr ? format::Digest128() : sent->digest;
    const format::Digest128 actual = loaded == digests_loaded_.end() ? format::Digest128() : loaded->second;
    if (expected == actual) continue;
    Error error;
    error.code = ErrorCode::mismatch;
    error.object = describe(*step.entry);
    error.message = "as many rows as the source has sent were restored, but not the same ones";
    throw Exception(std::move(error));
  }
}

}  // namespace pgark::restore
