#include "cli/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "restore/chosen_toc.hpp"
#include "restore/forecast/forecast.hpp"
#include "restore/target.hpp"

namespace pgark::cli {

namespace {

using restore::Forecast;
using restore::ForecastStep;

constexpr std::size_t kStepsShown = 20;
constexpr std::size_t kTablesNamed = 10;

std::string name_of(const ForecastStep& step) {
  std::string name = printable(restore::describe(*step.entry));
  if (step.parts > 1) name += fmt::format(" [{}/{}]", step.part, step.parts);
  return name;
}

std::string some_of(const std::vector<std::string>& tables) {
  std::string names;
  for (std::size_t i = 0; i < tables.size() && i < kTablesNamed; ++i)
    names += (i == 0 ? "" : ", ") + printable(tables[i]);
  if (tables.size() > kTablesNamed) names += fmt::format(" and {} more", tables.size() - kTablesNamed);
  return names;
}

std::string names_of(const std::vector<const format::TocEntry*>& tables) {
  std::vector<std::string> names;
  for (const format::TocEntry* table : tables) names.push_back(restore::qualified_name(*table));
  return some_of(names);
}

nlohmann::json to_json(const ForecastStep& step) {
  nlohmann::json locks = nlohmann::json::array();
  for (const format::TocEntry* table : step.locked) locks.push_back(restore::qualified_name(*table));
  return {{"entry", step.entry->id},
          {"kind", step.entry->kind},
          {"name", restore::qualified_name(*step.entry)},
          {"work", restore::work_name(step.kind)},
          {"part", step.part},
          {"parts", step.parts},
          {"bytes", step.bytes},
          {"start_s", step.start_s},
          {"seconds", step.seconds},
          {"connection", step.connection},
          {"locks", std::move(locks)}};
}

void show_json(const Forecast& forecast, const restore::RestoreOptions& options,
               const std::vector<std::string>& without_keys, Console& console) {
  nlohmann::json steps = nlohmann::json::array(), chain = nlohmann::json::array(),
                 locked = nlohmann::json::array();
  for (const ForecastStep& step : forecast.steps) steps.push_back(to_json(step));
  for (const ForecastStep* step : forecast.chain) chain.push_back(name_of(*step));
  for (const format::TocEntry* table : forecast.locked_tables)
    locked.push_back(restore::qualified_name(*table));
  console.result({{"command", "restore"},
                  {"plan", std::move(steps)},
                  {"connections", options.jobs},
                  {"seconds", forecast.seconds},
                  {"table_bytes", forecast.table_bytes},
                  {"index_bytes", forecast.index_bytes},
                  {"chain", std::move(chain)},
                  {"locked_tables", std::move(locked)},
                  {"drops_foreign_keys_of", without_keys}});
}

std::string totals_text(const Forecast& forecast) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [kind, total] : forecast.totals) {
    rows.push_back({restore::work_name(kind), human_count(total.steps), human_bytes(total.bytes),
                    human_duration(total.seconds)});
  }
  return table({"work", ">steps", ">handles", ">takes"}, rows);
}

// The longest, in the order in which they begin.
std::string steps_text(const Forecast& forecast) {
  std::vector<const ForecastStep*> steps;
  for (const ForecastStep& step : forecast.steps) {
    if (step.connection != 0) steps.push_back(&step);
  }
  const auto longer = [](const ForecastStep* one, const ForecastStep* other) {
    return one->seconds > other->seconds;
  };
  const std::size_t all = steps.size();
  std::ranges::stable_sort(steps, longer);
  steps.resize(std::min(all, kStepsShown));
  std::ranges::stable_sort(steps, {}, [](const ForecastStep* step) { return step->start_s; });
  std::vector<std::vector<std::string>> rows;
  for (const ForecastStep* step : steps) {
    rows.push_back({human_duration(step->start_s), human_duration(step->seconds),
                    std::to_string(step->connection), human_bytes(step->bytes), name_of(*step),
                    names_of(step->locked)});
  }
  std::string text =
      all > steps.size() ? fmt::format("the {} longest of {} steps:\n", steps.size(), all) : "";
  return text + table({">begins", ">takes", ">connection", ">handles", "step", "locks"}, rows);
}

std::string chain_text(const Forecast& forecast) {
  std::string text;
  for (const ForecastStep* step : forecast.chain) {
    if (step->seconds < forecast.seconds / 100) continue;
    text += fmt::format("  {} ({})\n", name_of(*step), human_duration(step->seconds));
  }
  return text.empty() ? text : "what decides how long it takes:\n" + text;
}

// Which they are only the target knows.
std::string foreign_keys_text(const std::vector<std::string>& tables) {
  return fmt::format(
      "foreign keys: those that the target has on {} tables are dropped before the rows, which locks these "
      "exclusively\n  for a moment, and made again after them (ADD ... NOT VALID, then VALIDATE CONSTRAINT): "
      "{}\n",
      human_count(tables.size()), some_of(tables));
}

}  // namespace

int print_plan(const format::ArchiveReader& archive, const restore::RestoreOptions& options,
               Console& console) {
  const auto chosen = value_or_throw(restore::ChosenToc::make(archive.toc(), options));
  const format::Toc& toc = chosen.get();
  const auto selection = value_or_throw(restore::Selection::make(archive.toc(), options));
  restore::PlanOptions plan_options;
  plan_options.jobs = options.jobs;
  plan_options.disable_triggers = options.disable_triggers;
  plan_options.no_foreign_keys = options.drop_foreign_keys;
  plan_options.hold_event_triggers = true;
  plan_options.two_phases = !options.single_transaction && options.transaction_size == 0;
  const auto chunks_of = [&archive](format::EntryId id) { return archive.chunks_of(id); };
  auto plan = value_or_throw(restore::RestorePlan::build(toc, selection, chunks_of, std::move(plan_options)));
  const Forecast forecast = restore::forecast(toc, selection, std::move(plan), options);
  std::vector<std::string> without_keys;
  if (options.drop_foreign_keys) without_keys = restore::tables_to_load(toc, selection);
  if (console.options().json) {
    show_json(forecast, options, without_keys, console);
    return kExitOk;
  }
  std::string text = totals_text(forecast) + "\n" + steps_text(forecast) + "\n" + chain_text(forecast);
  text += fmt::format("\nabout {} through {} {}, on a machine like that of docs/benchmarks.md\n",
                      human_duration(forecast.seconds), options.jobs,
                      options.jobs == 1 ? "connection" : "connections");
  text +=
      fmt::format("disk: about {} for tables and {} for indexes, as in the source, and the log beside that\n",
                  human_bytes(forecast.table_bytes), human_bytes(forecast.index_bytes));
  text += forecast.locked_tables.empty()
              ? std::string("locks: none on tables that the target has already\n")
              : fmt::format("locks: exclusively on {} tables that the target has already: {}\n",
                            human_count(forecast.locked_tables.size()), names_of(forecast.locked_tables));
  if (!without_keys.empty()) text += foreign_keys_text(without_keys);
  text += "nothing has been done\n";
  write_stdout(text);
  return kExitOk;
}

}  // namespace pgark::cli
