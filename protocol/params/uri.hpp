// Pieces of PostgreSQL's connection URIs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgark::params {

bool has_uri_scheme(std::string_view text);  // postgresql:// or postgres://

// Percent-decodes; nullopt for a bad or cut escape and for %00. '+' stands for itself.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace pgark::params
