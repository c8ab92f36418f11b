// A report as one HTML page that needs nothing else: no network, no script, dark and light, printable. Pure.
//
// The page is well-formed XML as well. Its policy (Content-Security-Policy) lets nothing be loaded or run.
#pragma once

#include <string>
#include <string_view>

#include "cli/report/document.hpp"

namespace pgark::cli::report {

// Safe between tags and in a quoted attribute; control characters and what is not UTF-8 become \xNN.
std::string escape_html(std::string_view text);

std::string html_page(const Document& document);

}  // namespace pgark::cli::report
