// Says what a selection has come to: patterns that match nothing, what --with-dependencies has added, and
// what names were changed with a reservation.
#pragma once

#include "base/events.hpp"
#include "restore/chosen_toc.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

void report_selection(const ChosenToc& chosen, const Selection& selection, EventSink& events,
                      bool with_notes = true);

}  // namespace pgark::restore
