#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/text.hpp"

namespace pgark::cli {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / 1ns);
}

bool stderr_is_terminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

int terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

const char* severity_name(Severity severity) {
  switch (severity) {
    case Severity::debug: return "debug";
    case Severity::info: return "info";
    case Severity::notice: return "notice";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "info";
}

// Names and messages may be in any encoding; JSON must be UTF-8.
std::string dump_line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

json error_json(const Error& error) {
  json fields = {{"event", "error"},
                 {"code", error_code_name(error.code)},
                 {"exit_code", exit_code(error.code)},
                 {"message", error.message}};
  if (!error.object.empty()) fields["object"] = error.object;
  if (!error.hint.empty()) fields["hint"] = error.hint;
  if (!error.statement.empty()) fields["statement"] = error.statement;
  if (error.offset) fields["offset"] = *error.offset;
  if (error.server) {
    fields["sqlstate"] = error.server->sqlstate;
    if (!error.server->detail.empty()) fields["detail"] = error.server->detail;
    if (!error.server->hint.empty()) fields["server_hint"] = error.server->hint;
  }
  return fields;
}

// Lists and objects can be as long as a database is large.
json plain_facts(const json& fields) {
  json facts = json::object();
  for (const auto& [name, value] : fields.items()) {
    if (value.is_primitive() && !value.is_null()) facts[name] = value;
  }
  return facts;
}

}  // namespace

Console::Console(ConsoleOptions options)
    : options_(options), terminal_(stderr_is_terminal() && !options.json), start_ns_(now_ns()) {
  display_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Console::~Console() {
  stop_progress();
}

double Console::elapsed_s() const {
  return static_cast<double>(now_ns() - start_ns_) / 1e9;
}

void Console::run(const std::stop_token& stop) {
  // A terminal is redrawn often; a log or a JSON reader wants a pulse, not a flood.
  constexpr auto kTick = 200ms;
  const int ticks = terminal_ ? 1 : (options_.json ? 5 : 50);
  std::unique_lock lock(mutex_);
  for (int tick = 1;; ++tick) {
    wake_up_.wait_for(lock, stop, kTick, [] { return false; });
    if (stop.stop_requested()) return;
    sample();
    if (!options_.quiet && tick % ticks == 0) draw_locked(false);
  }
}

void Console::sample() {
  recorder_.sample(progress.bytes_done.load(std::memory_order_relaxed), std::chrono::steady_clock::now());
}

void Console::begin_timeline() {
  sample();
  recorder_.begin(std::chrono::steady_clock::now());
}

storage::Timeline Console::timeline() {
  sample();
  return recorder_.taken(std::chrono::steady_clock::now());
}

void Console::draw_locked(bool final) {
  line_.update(ProgressSample::of(progress), elapsed_s());
  if (phase_.empty() || !progress_on_ || final) return;
  if (options_.json) {
    const ProgressSample& at = line_.sample();
    emit_locked({{"event", "progress"},
                 {"phase", phase_},
                 {"elapsed_s", elapsed_s()},
                 {"bytes_done", at.bytes_done},
                 {"bytes_total", at.bytes_total},
                 {"rows_done", at.rows_done},
                 {"stored_bytes", at.stored_bytes},
                 {"steps_done", at.steps_done},
                 {"steps_total", at.steps_total},
                 {"bytes_per_s", line_.rate_bytes_per_s()},
                 {"eta_s", line_.eta_s() < 0 ? json() : json(line_.eta_s())}});
  } else if (terminal_) {
    const std::string text = "\r\x1b[K" + line_.bar(phase_, terminal_width());
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
    bar_shown_ = true;
  } else {
    print_locked(line_.plain(phase_));
  }
}

void Console::clear_bar_locked() {
  if (!std::exchange(bar_shown_, false)) return;
  std::fputs("\r\x1b[K", stderr);
}

void Console::print_locked(std::string_view text) {
  clear_bar_locked();
  const std::string whole = "pgark: " + std::string(text) + "\n";
  std::fwrite(whole.data(), 1, whole.size(), stderr);
  std::fflush(stderr);
}

void Console::emit_locked(const json& event) {
  json timed = event;
  timed["time"] = storage::time_text(storage::time_now());
  const std::string text = dump_line(timed);
  std::FILE* out = options_.stdout_is_data ? stderr : stdout;
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

void Console::phase(std::string_view name) {
  const std::lock_guard lock(mutex_);
  phase_ = name;
  if (options_.json) {
    emit_locked({{"event", "phase"}, {"name", name}, {"elapsed_s", elapsed_s()}});
  } else if (!options_.quiet && !terminal_) {
    print_locked(name);
  }
}

void Console::message(Severity severity, std::string_view text, std::string_view object) {
  const std::lock_guard lock(mutex_);
  if (severity == Severity::debug && !options_.verbose) return;
  if (options_.json) {
    json event = {{"event", "message"}, {"severity", severity_name(severity)}, {"text", text}};
    if (!object.empty()) event["object"] = object;
    emit_locked(event);
    return;
  }
  if (options_.quiet && severity < Severity::warning) return;
  std::string whole;
  if (severity >= Severity::notice) whole = std::string(severity_name(severity)) + ": ";
  if (!object.empty()) whole += printable(object) + ": ";
  print_locked(whole + printable(text));
}

void Console::line(std::string_view text) {
  if (options_.quiet || options_.json) return;
  const std::lock_guard lock(mutex_);
  clear_bar_locked();
  std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

void Console::result(const json& fields) {
  if (options_.json) stop_progress();
  const std::lock_guard lock(mutex_);
  record_.facts = dump_line(plain_facts(fields));
  if (!options_.json) return;
  json event = fields;
  event["event"] = "result";
  event["elapsed_s"] = elapsed_s();
  emit_locked(event);
}

void Console::error(const Error& error) {
  stop_progress();
  remember(error);
  const std::lock_guard lock(mutex_);
  if (options_.json) {
    emit_locked(error_json(error));
    return;
  }
  clear_bar_locked();
  std::string text = "pgark: error: " + printable(error.to_string()) + "\n";
  if (error.server && !error.server->detail.empty())
    text += "  detail: " + printable(error.server->detail) + "\n";
  if (!error.statement.empty()) text += "  statement: " + printable(error.statement) + "\n";
  if (error.server && !error.server->hint.empty())
    text += "  server's hint: " + printable(error.server->hint) + "\n";
  if (!error.hint.empty()) text += "  hint: " + printable(error.hint) + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void Console::about(const RunSubject& subject) {
  const std::lock_guard lock(mutex_);
  const auto take = [](const std::string& from, std::string& into) {
    if (!from.empty()) into = from;
  };
  take(subject.database, record_.database);
  take(subject.archive, record_.archive);
  take(subject.place, record_.place);
  take(subject.asked_database, record_.asked_database);
}

void Console::remember(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!record_.error) record_.error = error;
}

RunRecord Console::record() const {
  const std::lock_guard lock(mutex_);
  return record_;
}

void Console::stop_progress() {
  {
    const std::lock_guard lock(mutex_);
    progress_on_ = false;
    clear_bar_locked();
    std::fflush(stderr);
  }
  if (display_.joinable() && display_.get_id() != std::this_thread::get_id()) {
    display_.request_stop();
    wake_up_.notify_all();
    display_.join();
  }
}

}  // namespace pgark::cli
