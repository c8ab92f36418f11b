// The part of the catalog model that holds optimizer statistics (SCHEMA_COVERAGE B60). See model.hpp for the
// rules. Values stay the text that the server printed: they are only passed on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dumper/catalog/object.hpp"

namespace pgark::dumper {

// A column of pg_stats, which is also the name of an argument of pg_restore_attribute_stats, and its type.
struct StatisticsField {
  std::string_view name, type;
  int since_major = 13;
};
inline constexpr std::array<StatisticsField, 13> kStatisticsFields = {{
    {"null_frac", "real"},
    {"avg_width", "integer"},
    {"n_distinct", "real"},
    {"most_common_vals", "text"},
    {"most_common_freqs", "real[]"},
    {"histogram_bounds", "text"},
    {"correlation", "real"},
    {"most_common_elems", "text"},
    {"most_common_elem_freqs", "real[]"},
    {"elem_count_histogram", "real[]"},
    {"range_length_histogram", "text", 17},
    {"range_empty_frac", "real", 17},
    {"range_bounds_histogram", "text", 17},
}};

struct ColumnStatistics {
  std::string name;  // raw
  std::int16_t number = 0;
  bool inherited = false;
  std::array<std::optional<std::string>, kStatisticsFields.size()> values;
};

// Of a table, a materialized view, a foreign table or an index.
struct RelationStatistics {
  Oid oid = 0;
  std::string pages, tuples, all_visible;
  std::optional<std::string> all_frozen;  // 18+
  std::vector<ColumnStatistics> columns;
};

}  // namespace pgark::dumper
