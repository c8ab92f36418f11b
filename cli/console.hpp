// What a person or a log sees of a running command.
//
// Human text goes to stderr, so that stdout can carry an archive; --json writes one object per line to stdout
// (to stderr when stdout carries the archive). A terminal gets a live bar, anything else a line every ten
// seconds. Thread safe; the display thread lives from construction to destruction.
#pragma once

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <thread>

#include "base/error.hpp"
#include "base/events.hpp"
#include "cli/progress_line.hpp"
#include "cli/run_report.hpp"
#include "cli/timeline_recorder.hpp"

namespace pgark::cli {

struct ConsoleOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool stdout_is_data = false;  // the archive goes there
};

class Console final : public EventSink {
 public:
  explicit Console(ConsoleOptions options);
  ~Console() override;

  void phase(std::string_view name) override;
  void message(Severity severity, std::string_view text, std::string_view object) override;
  void worked(const Work& work) override { recorder_.add(work); }

  // What the run does from here on is remembered for charts; and what has been since.
  void begin_timeline();
  storage::Timeline timeline();

  // A line of human text, shown unless --quiet or --json.
  void line(std::string_view text);
  // Final JSON event: {"event": "result", ...}. Printed only with --json, remembered always.
  void result(const nlohmann::json& fields);
  // The one error a command ends with, in either form. Shown even with --quiet.
  void error(const Error& error);
  // What the command is about, as far as it is known now. What is empty leaves what was said before.
  void about(const RunSubject& subject);
  // An error that is not printed as one: a status that is not 0 has its reason elsewhere on the screen.
  void remember(const Error& error);
  RunRecord record() const;
  // Stops the live display and leaves the terminal's line clean.
  void stop_progress();

  const ConsoleOptions& options() const { return options_; }

 private:
  void run(const std::stop_token& stop);
  void sample();
  void draw_locked(bool final);
  void clear_bar_locked();
  void print_locked(std::string_view text);
  void emit_locked(const nlohmann::json& event);
  double elapsed_s() const;

  const ConsoleOptions options_;
  const bool terminal_;
  const std::uint64_t start_ns_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any wake_up_;
  std::string phase_;
  ProgressLine line_;
  TimelineRecorder recorder_;
  bool bar_shown_ = false;
  bool progress_on_ = true;
  RunRecord record_;
  std::jthread display_;  // last: uses the members above
};

}  // namespace pgark::cli
