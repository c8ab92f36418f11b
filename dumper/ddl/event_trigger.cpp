// Event triggers (SCHEMA_COVERAGE B51). They come last of all, in a pass of their own, so that none of our
// statements fires them (D6); statements about event triggers do not.
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.event_triggers, ObjectKind::event_trigger,
                  catalog_oid::kEventTrigger);
}

std::string_view state_sql(char enabled) {
  switch (enabled) {
    case 'D': return "DISABLE";
    case 'A': return "ENABLE ALWAYS";
    case 'R': return "ENABLE REPLICA";
    default: return {};
  }
}

std::string create_sql(const EventTrigger& trigger) {
  std::string sql = "CREATE EVENT TRIGGER " + quote_identifier(trigger.name) + " ON " + trigger.event;
  for (std::size_t i = 0; i < trigger.tags.size(); ++i) {
    sql += (i == 0 ? "\n         WHEN TAG IN (" : ", ") + quote_literal(trigger.tags[i]);
  }
  if (!trigger.tags.empty()) sql += ")";
  return sql + "\n   EXECUTE FUNCTION " + trigger.function_sql + "()";
}

void write(Emitter& out, DumpId id) {
  const EventTrigger& trigger = out.catalog().event_triggers[out.object(id).payload];
  if (!out.wants(id, kDefinition)) return;
  const Target target{"EVENT TRIGGER", quote_identifier(trigger.name)};
  format::TocEntry entry = out.entry_for(id, "EVENT TRIGGER");
  entry.owner = trigger.owner;
  entry.owner_object = target.to_sql();
  entry.pass = format::Pass::post_acl;
  entry.create.push_back({create_sql(trigger)});
  if (const std::string_view state = state_sql(trigger.enabled); !state.empty()) {
    entry.create.push_back({fmt::format("ALTER {} {}", target.to_sql(), state)});
  }
  entry.drop.push_back({"DROP EVENT TRIGGER IF EXISTS " + target.sql});
  out.define(id, std::move(entry));
  out.comment(id, target);
}

}  // namespace

const Family& event_trigger_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::event_trigger, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
