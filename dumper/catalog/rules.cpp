// The rules behind views (B49): they carry what a view's text depends on. Other rules are reported.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

constexpr std::string_view kSql =
    "SELECT r.oid, r.rulename, r.ev_class, r.ev_type, r.ev_enabled, r.is_instead"
    " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
    " JOIN pg_catalog.pg_rewrite r ON r.ev_class = wanted.oid"
    " WHERE r.rulename = '_RETURN' AND r.ev_type = '1' AND r.is_instead ORDER BY r.ev_class";

void take_rule(Reading& reading, Row& row) {
  Rule rule;
  rule.oid = row.oid();
  rule.name = row.text();
  rule.relation = reading.relation_index(row.oid());
  rule.event = row.character();
  rule.enabled = row.character();
  rule.instead = row.boolean();
  rule.is_view_rule = true;
  reading.catalog.rules.push_back(std::move(rule));
}

}  // namespace

void add_rules(const Reading& reading, Steps& steps) {
  // Also of views that are not wanted: what they depend on still orders what is.
  const std::string views = relation_oids(
      reading, [](const Relation& relation) { return relation.kind == 'v' || relation.kind == 'm'; });
  steps.push_back(row_step("view rules", std::string(kSql), {views}, take_rule));
}

}  // namespace pgark::dumper
