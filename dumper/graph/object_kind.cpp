#include "dumper/graph/object_kind.hpp"

#include <array>

namespace pgark::dumper {
namespace {

using format::Section;
constexpr Section kPre = Section::pre_data, kRows = Section::data, kPost = Section::post_data;

// One row per kind, in the order of the enumeration. Gaps in the priorities leave room for more kinds.
constexpr std::array<KindInfo, static_cast<std::size_t>(ObjectKind::count_)> kKinds = {{
    {ObjectKind::schema, "schema", 10, kPre},
    {ObjectKind::language, "language", 20, kPre},
    {ObjectKind::collation, "collation", 30, kPre},
    {ObjectKind::transform, "transform", 40, kPre},
    {ObjectKind::extension, "extension", 50, kPre},
    {ObjectKind::shell_type, "shell type", 60, kPre},
    {ObjectKind::undefined_type, "type", 60, kPre},
    {ObjectKind::base_type, "type", 60, kPre},
    {ObjectKind::range_type, "type", 60, kPre},
    {ObjectKind::enum_type, "type", 60, kPre},
    {ObjectKind::composite_type, "type", 60, kPre},
    {ObjectKind::domain, "domain", 60, kPre},
    {ObjectKind::hidden_type, "type", 220, kPre},  // a row type sorts after the tables that it must follow
    {ObjectKind::cast, "cast", 70, kPre},
    {ObjectKind::function, "function", 80, kPre},
    {ObjectKind::aggregate, "aggregate", 90, kPre},
    {ObjectKind::access_method, "access method", 100, kPre},
    {ObjectKind::operator_, "operator", 110, kPre},
    {ObjectKind::operator_family, "operator family", 120, kPre},
    {ObjectKind::operator_class, "operator class", 120, kPre},
    {ObjectKind::conversion, "conversion", 130, kPre},
    {ObjectKind::text_search_parser, "text search parser", 140, kPre},
    {ObjectKind::text_search_template, "text search template", 150, kPre},
    {ObjectKind::text_search_dictionary, "text search dictionary", 160, kPre},
    {ObjectKind::text_search_configuration, "text search configuration", 170, kPre},
    {ObjectKind::foreign_data_wrapper, "foreign data wrapper", 180, kPre},
    {ObjectKind::foreign_server, "server", 185, kPre},
    {ObjectKind::user_mapping, "user mapping", 190, kPre},
    {ObjectKind::table, "table", 200, kPre},
    {ObjectKind::view, "view", 200, kPre},
    {ObjectKind::matview, "materialized view", 200, kPre},
    {ObjectKind::sequence, "sequence", 200, kPre},
    {ObjectKind::hidden_relation, "relation", 200, kPre},
    {ObjectKind::table_attach, "table attach", 210, kPre},
    {ObjectKind::column_default, "default", 230, kPre},
    {ObjectKind::pre_data_boundary, "pre-data boundary", 300, Section::none},
    {ObjectKind::table_data, "table data", 310, kRows},
    {ObjectKind::sequence_set, "sequence value", 320, kRows},
    {ObjectKind::large_objects, "large object", 330, kRows},
    {ObjectKind::large_object_data, "large object data", 340, kRows},
    {ObjectKind::table_statistics, "statistics", 350, kRows},
    {ObjectKind::post_data_boundary, "post-data boundary", 400, Section::none},
    {ObjectKind::constraint, "constraint", 410, kPost},
    {ObjectKind::domain_constraint, "domain constraint", 410, kPost},
    {ObjectKind::index, "index", 420, kPost},
    {ObjectKind::index_attach, "index attach", 430, kPost},
    {ObjectKind::statistics, "statistics", 440, kPost},
    {ObjectKind::rule, "rule", 450, kPost},
    {ObjectKind::trigger, "trigger", 460, kPost},
    {ObjectKind::foreign_key, "foreign key", 470, kPost},
    {ObjectKind::row_security, "row security", 480, kPost},
    {ObjectKind::policy, "policy", 490, kPost},
    {ObjectKind::publication, "publication", 500, kPost},
    {ObjectKind::publication_table, "publication table", 510, kPost},
    {ObjectKind::publication_schema, "publication schema", 520, kPost},
    {ObjectKind::subscription, "subscription", 530, kPost},
    {ObjectKind::default_acl, "default privileges", 540, kPost},
    {ObjectKind::event_trigger, "event trigger", 590, kPost},
    {ObjectKind::matview_refresh, "refresh", 600, kPost},
    {ObjectKind::late_statistics, "statistics", 610, kPost},
}};

constexpr bool in_enumeration_order() {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i].kind != static_cast<ObjectKind>(i)) return false;
  }
  return true;
}
static_assert(in_enumeration_order());

}  // namespace

const KindInfo& kind_info(ObjectKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

bool may_contain_domain(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::domain:
    case ObjectKind::composite_type:
    case ObjectKind::range_type:
    case ObjectKind::hidden_type:
    case ObjectKind::hidden_relation:
    case ObjectKind::table:
    case ObjectKind::matview: return true;
    default: return false;
  }
}

}  // namespace pgark::dumper
