// A report as Markdown (GitHub's), for the summaries of CI runs. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/report/document.hpp"

namespace pgark::cli::report {

// Text that stays text, in a table's cell too: no markup, HTML or line break comes of it.
std::string escape_markdown(std::string_view text);

std::string markdown(const Document& document);

}  // namespace pgark::cli::report
