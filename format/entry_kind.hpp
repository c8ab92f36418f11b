// Sets of entry kinds (SPEC.md, "TOC"), which are text. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace pgark::format {

template <std::size_t Count>
bool is_one_of(std::string_view kind, const std::array<std::string_view, Count>& kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace pgark::format
