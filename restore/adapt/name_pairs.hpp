// The values of --map-owner, --rename-schema and --rename-table: OLD=NEW. Names are written as in patterns:
// letters become lower case unless they are in double quotes, which a name with = needs. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace pgark::restore {

struct NamePair {
  std::vector<std::string> from;  // the parts of the old name
  std::string to;
  std::string text;  // as it was given
};

// `option` for messages. `parts_max`: of the old name, with dots between them; where it is 1 a dot belongs to
// the name. `encoding`: of the archive's names; in others than UTF8 only ASCII names can be given. Errors:
// usage.
Result<NamePair> parse_name_pair(std::string_view option, std::string_view text, std::size_t parts_max,
                                 std::string_view encoding);

// By old name. Errors: usage, also when a name is mapped twice or to itself.
using NameMap = std::map<std::string, std::string>;
Result<NameMap> parse_name_map(std::string_view option, const std::vector<std::string>& texts,
                               std::string_view encoding);

}  // namespace pgark::restore
