#include "restore/selection_report.hpp"

#include <fmt/format.h>

#include <map>

#include "restore/plan.hpp"
#include "restore/row_order.hpp"

namespace pgark::restore {

namespace {

// A partitioned table holds no rows itself.
void report_partitions_left_out(const format::Toc& toc, const Selection& selection, EventSink& events) {
  std::map<format::EntryId, std::size_t> left_out;  // by parent
  for (const format::TocEntry& entry : toc.entries) {
    if (entry.kind != "TABLE ATTACH") continue;
    const auto partition = partition_of(toc, entry);
    if (partition && selection.contains(partition->parent) && !selection.contains(partition->child))
      ++left_out[partition->parent];
  }
  for (const auto& [parent, count] : left_out) {
    events.message(Severity::warning,
                   fmt::format("is partitioned, and {} of its partitions, with their rows, {} not chosen: "
                               "--table-and-children takes them along",
                               count, count == 1 ? "is" : "are"),
                   describe(*toc.find(parent)));
  }
}

}  // namespace

void report_selection(const ChosenToc& chosen, const Selection& selection, EventSink& events,
                      bool with_notes) {
  const format::Toc& toc = chosen.get();
  for (const AdaptationNote& note : chosen.notes()) {
    if (with_notes && (note.entry == 0 || selection.contains(note.entry)))
      events.message(note.severity, note.text, note.object);
  }
  for (const std::string& pattern : selection.unmatched())
    events.message(Severity::warning, "the pattern matches nothing in the archive", pattern);
  for (const format::EntryId id : selection.needed_but_excluded())
    events.message(Severity::warning, "is needed by what is chosen, but excluded", describe(*toc.find(id)));
  report_partitions_left_out(toc, selection, events);
  const auto& added = selection.added();
  if (added.empty()) return;
  events.message(Severity::notice,
                 fmt::format("{} entries more are restored, because those that were chosen need them (--list "
                             "shows them)",
                             added.size()),
                 {});
  for (const format::EntryId id : added) events.message(Severity::debug, "added", describe(*toc.find(id)));
}

}  // namespace pgark::restore
