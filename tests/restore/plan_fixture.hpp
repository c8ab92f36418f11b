// A plan of a small archive, and what its tests say of it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "restore/plan.hpp"
#include "toc_builder.hpp"

namespace pgark::restore {

inline Error refused(const std::string& text = "refused") {
  Error error;
  error.code = ErrorCode::server;
  error.message = text;
  return error;
}

class PlanTest : public testing::Test {
 protected:
  Result<RestorePlan> try_build() {
    auto selection = Selection::make(toc_.toc, options_);
    if (!selection) return tl::unexpected<Error>(selection.error());
    selection_ = std::move(*selection);
    return RestorePlan::build(
        toc_.toc, *selection_, [this](format::EntryId id) { return toc_.chunks_of(id); }, plan_options_);
  }
  void build() {
    auto plan = try_build();
    ASSERT_TRUE(plan) << plan.error().to_string();
    plan_ = std::move(*plan);
  }
  void finish_serial() {
    for (const StepId id : plan_->serial_steps()) plan_->done(id);
  }
  // Takes all that may run now; names in the order taken.
  std::vector<std::string> take_all() {
    std::vector<std::string> names;
    while (const auto id = plan_->take()) names.push_back(take_name(*id));
    return names;
  }
  std::string take_name(StepId id) {
    const Step& step = plan_->step(id);
    running_[step.entry->id].push_back(id);
    return (step.is_load ? "load " : "") + step.entry->name;
  }
  StepId running(format::EntryId entry) {
    const StepId id = running_.at(entry).front();
    running_[entry].erase(running_[entry].begin());
    return id;
  }
  std::vector<std::string> failures() {
    std::vector<std::string> texts;
    for (const FailedEntry& failed : plan_->failures())
      texts.push_back(std::string(failed.skipped ? "skipped " : "failed ") + failed.kind + " " + failed.name);
    return texts;
  }

  test::TocBuilder toc_;
  RestoreOptions options_;
  PlanOptions plan_options_;
  std::optional<Selection> selection_;
  std::optional<RestorePlan> plan_;
  std::map<format::EntryId, std::vector<StepId>> running_;
};

}  // namespace pgark::restore
