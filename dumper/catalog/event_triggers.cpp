// Event triggers (B51).
#include <utility>

#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

std::string event_triggers_sql() {
  return "SELECT e.oid, e.evtname, e.evtowner, e.evtevent, e.evtenabled, e.evttags, " +
         function_name_sql("e.evtfoid") + " FROM pg_catalog.pg_event_trigger e ORDER BY e.evtname";
}

void take_event_trigger(Reading& reading, Row& row) {
  EventTrigger trigger;
  trigger.oid = row.oid();
  trigger.name = row.text();
  trigger.owner = reading.role(row.oid(), trigger.name);
  trigger.event = row.text();
  trigger.enabled = row.character();
  trigger.tags = row.text_list();
  trigger.function_sql = take_reference(row, trigger.name);
  trigger.extension = reading.extension_of(catalog_oid::kEventTrigger, trigger.oid);
  trigger.components = static_cast<std::uint8_t>(reading.selector.without_schema(trigger) & ~kData);
  reading.catalog.event_triggers.push_back(std::move(trigger));
}

}  // namespace

void add_event_triggers(Steps& steps) {
  steps.push_back(row_step("event triggers", event_triggers_sql(), {}, take_event_trigger));
}

}  // namespace pgark::dumper
