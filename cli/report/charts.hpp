// Charts of a report, as HTML and as what Markdown can show of them. Pure.
#pragma once

#include <string>

#include "cli/report/document.hpp"

namespace pgark::cli::report {

// Empty when there is nothing to show.
std::string lanes_html(const Lanes& lanes);
std::string curve_html(const Curve& curve);

// A row for each lane: its name, its text and the longest bar.
Grid lanes_grid(const Lanes& lanes);
// "▁▃▇█▅ up to 312 MB/s, 0.5 s each"
std::string curve_text(const Curve& curve);

}  // namespace pgark::cli::report
