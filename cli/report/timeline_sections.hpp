// The charts of a run: what its connections did when, and the throughput. Pure.
#pragma once

#include "cli/report/document.hpp"
#include "storage/catalogue/timeline.hpp"

namespace pgark::cli::report {

// Adds nothing for a timeline without anything in it.
void add_timeline(Document& document, const storage::Timeline& timeline);

}  // namespace pgark::cli::report
