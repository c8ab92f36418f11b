// Rules (B49). Those behind views carry what a view's text depends on.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

constexpr std::string_view kSql =
    "SELECT r.oid, r.rulename, r.ev_class, r.ev_type, r.ev_enabled, r.is_instead, v.view_rule,"
    " CASE WHEN NOT v.view_rule THEN pg_catalog.pg_get_ruledef(r.oid) END"
    " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
    " JOIN pg_catalog.pg_rewrite r ON r.ev_class = wanted.oid"
    " CROSS JOIN LATERAL (SELECT r.rulename = '_RETURN' AND r.ev_type = '1' AND r.is_instead) AS v(view_rule)"
    " WHERE v.view_rule OR r.ev_class = ANY ($2::pg_catalog.oid[]) ORDER BY r.ev_class, r.rulename";

void take_rule(Reading& reading, Row& row) {
  Rule rule;
  rule.oid = row.oid();
  rule.name = row.text();
  rule.relation = reading.relation_index(row.oid());
  rule.event = row.character();
  rule.enabled = row.character();
  rule.instead = row.boolean();
  rule.is_view_rule = row.boolean();
  if (!rule.is_view_rule) {
    const Relation& relation = reading.catalog.relations[rule.relation];
    rule.definition_sql = row.definition(rule.name + " on " + reading.describe(relation));
  }
  reading.catalog.rules.push_back(std::move(rule));
}

bool is_view(const Relation& relation) {
  return relation.kind == 'v' || relation.kind == 'm';
}

}  // namespace

void add_rules(const Reading& reading, Steps& steps) {
  const auto has_wanted_rules = [](const Relation& relation) {
    return relation.has_rules && (relation.components & kDefinition) != 0;
  };
  // Also of views that are not wanted: what they depend on still orders what is.
  const std::string ruled = relation_oids(
      reading, [&](const Relation& relation) { return is_view(relation) || has_wanted_rules(relation); });
  steps.push_back(
      row_step("rules", std::string(kSql), {ruled, relation_oids(reading, has_wanted_rules)}, take_rule));
}

}  // namespace pgark::dumper
