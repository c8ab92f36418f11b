// How the layers below cli tell a person what happens. Nothing below cli prints.
//
// Thread rule: every method may be called from any thread at any time; implementations lock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgark {

enum class Severity : std::uint8_t { debug, info, notice, warning, error };

// Counters that workers bump and a progress display samples. Relaxed atomics: a display may be a
// moment behind. Totals are estimates until the work is planned; 0 = unknown.
struct Progress {
  std::atomic<std::uint64_t> bytes_done{0};
  std::atomic<std::uint64_t> bytes_total{0};
  std::atomic<std::uint64_t> rows_done{0};
  std::atomic<std::uint64_t> stored_bytes{0};  // written to the archive, after compression
  std::atomic<std::uint64_t> steps_done{0};    // tables, indexes, constraints, ...
  std::atomic<std::uint64_t> steps_total{0};
};

// A stretch of work on one connection, told when it has ended: what charts of a run are made of.
struct Work {
  std::size_t connection = 0;  // from 0
  std::string_view what;       // "public.orders", "index public.orders_pkey"
  std::chrono::steady_clock::time_point begin, end;
  bool rows = false;  // moved rows of `what`; else made something
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  // A new phase begins ("reading catalogs", "copying rows", "building indexes").
  virtual void phase(std::string_view name) = 0;
  // One finished or failed thing, or a warning. `object` is a qualified name or empty.
  virtual void message(Severity severity, std::string_view text, std::string_view object) = 0;
  virtual void worked(const Work&) {}

  Progress progress;
};

// Swallows everything; for tests and library users that do not care.
class NullEventSink final : public EventSink {
 public:
  void phase(std::string_view) override {}
  void message(Severity, std::string_view, std::string_view) override {}
};

}  // namespace pgark
