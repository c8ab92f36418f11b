#include <array>

#include "dumper/ddl/family.hpp"

namespace pgark::dumper {

std::span<const Family* const> families() {
  static const std::array kFamilies = {
      &schema_family(),          &extension_family(),      &enum_type_family(),      &composite_type_family(),
      &domain_family(),          &hidden_type_family(),    &function_family(),       &sequence_family(),
      &table_family(),           &table_attach_family(),   &column_default_family(), &view_family(),
      &matview_family(),         &table_data_family(),     &constraint_family(),     &foreign_key_family(),
      &index_family(),           &index_attach_family(),   &rule_family(),           &trigger_family(),
      &row_security_family(),    &base_type_family(),      &range_type_family(),     &aggregate_family(),
      &operator_family(),        &operator_class_family(), &access_method_family(),  &cast_family(),
      &language_family(),        &conversion_family(),     &collation_family(),      &text_search_family(),
      &publication_family(),     &subscription_family(),   &default_acl_family(),    &large_object_family(),
      &statistics_data_family(), &policy_family(),         &statistics_family(),     &event_trigger_family(),
      &foreign_data_family(),
  };
  return kFamilies;
}

}  // namespace pgark::dumper
