// What is measured: of a run, and of the backups in a place. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/metrics/metric_set.hpp"
#include "cli/run_report.hpp"
#include "storage/catalogue/catalogue.hpp"

namespace pgark::cli {

// Of the command, and the database and place that its command line names. The last success stays when this
// run is none.
void put_run(MetricSet& metrics, const RunReport& report, const std::string& place);

// In place of what was there of the place and the database (empty: all of them). `backups`: of these, oldest
// first.
void put_backups(MetricSet& metrics, const std::string& place, const std::string& database,
                 const std::vector<storage::Backup>& backups);

}  // namespace pgark::cli
