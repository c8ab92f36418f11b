#include "cli/metrics/metric_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "cli/text.hpp"

namespace pgark::cli {
namespace {

// docs/monitoring.md has them in the same order.
constexpr std::array<MetricFamily, 19> kFamilies{{
    {"pgark_run_timestamp_seconds", "When the last run of the command ended."},
    {"pgark_run_duration_seconds", "How long the last run of the command took."},
    {"pgark_run_exit_status", "Exit status of the last run of the command."},
    {"pgark_run_last_success_timestamp_seconds", "When the last run of the command that succeeded ended."},
    {"pgark_backups", "Backups in the place, by their state."},
    {"pgark_backups_size_bytes", "Size of all backups in the place together."},
    {"pgark_backup_last_success_timestamp_seconds", "When the newest complete backup was finished."},
    {"pgark_backup_last_success_start_timestamp_seconds", "When the newest complete backup was begun."},
    {"pgark_backup_last_success_duration_seconds", "How long the newest complete backup took."},
    {"pgark_backup_last_success_size_bytes", "Size of the newest complete backup."},
    {"pgark_backup_last_success_raw_bytes", "Size of the rows in the newest complete backup, uncompressed."},
    {"pgark_backup_last_success_rows", "Rows in the newest complete backup."},
    {"pgark_backup_last_success_tables", "Tables in the newest complete backup."},
    {"pgark_backup_verified_start_timestamp_seconds", "When the newest verified backup was begun."},
    {"pgark_verify_last_success_timestamp_seconds", "When a backup was last verified and found sound."},
    {"pgark_drill_last_timestamp_seconds", "When the last restore drill was begun."},
    {"pgark_drill_last_success", "Whether the last restore drill passed."},
    {"pgark_drill_last_duration_seconds", "How long the restore of the last drill took."},
    {"pgark_drill_last_success_timestamp_seconds", "When the last restore drill that passed was begun."},
}};

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text;
}

std::string sample_name(const std::string& family, const MetricLabels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value));
  }
  return text.empty() ? family : family + "{" + text + "}";
}

// Reads what sample_name() and text() write, from the left.
class SampleReader {
 public:
  explicit SampleReader(std::string_view line) : rest_(line) {}

  struct Sample {
    std::string family;
    MetricLabels labels;
    double value = 0;
  };
  std::optional<Sample> read() {
    Sample sample;
    sample.family = word();
    if (take('{')) {
      do {
        const std::string name = word();
        std::string value;
        if (name.empty() || !take('=') || !read_quoted(value)) return std::nullopt;
        sample.labels[name] = std::move(value);
      } while (take(','));
      if (!take('}')) return std::nullopt;
    }
    if (!take(' ')) return std::nullopt;
    const char* const end = rest_.data() + rest_.size();
    const auto [at, failed] = std::from_chars(rest_.data(), end, sample.value);
    if (failed != std::errc() || at != end) return std::nullopt;
    return sample;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string word() {
    const auto in_word = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    const auto end = std::ranges::find_if_not(rest_, in_word);
    const std::string text(rest_.begin(), end);
    rest_.remove_prefix(text.size());
    return text;
  }
  bool read_quoted(std::string& value) {
    if (!take('"')) return false;
    while (!take('"')) {
      const bool is_escape = take('\\');
      if (rest_.empty()) return false;
      value += is_escape && rest_.front() == 'n' ? '\n' : rest_.front();
      rest_.remove_prefix(1);
    }
    return true;
  }

  std::string_view rest_;
};

bool is_family(std::string_view name) {
  return std::ranges::any_of(kFamilies, [name](const MetricFamily& family) { return name == family.name; });
}

MetricLabels safe(const MetricLabels& labels) {
  MetricLabels made;
  for (const auto& [name, value] : labels) {
    if (!value.empty()) made[name] = printable(value);
  }
  return made;
}

}  // namespace

std::span<const MetricFamily> metric_families() {
  return kFamilies;
}

void MetricSet::set(std::string_view family, const MetricLabels& labels, double value) {
  samples_[{std::string(family), safe(labels)}] = value;
}

void MetricSet::remove_if(
    const std::function<bool(const std::string& family, const MetricLabels&)>& condition) {
  std::erase_if(samples_, [&condition](const auto& sample) {
    return condition(sample.first.first, sample.first.second);
  });
}

bool MetricSet::has(const std::string& family, const MetricLabels& labels) const {
  return samples_.contains({family, safe(labels)});
}

std::string MetricSet::text() const {
  std::string text;
  for (const MetricFamily& family : kFamilies) {
    bool first = true;
    for (const auto& [key, value] : samples_) {
      if (key.first != family.name) continue;
      if (first) text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", family.name, family.help);
      first = false;
      text += fmt::format("{} {}\n", sample_name(key.first, key.second), value);
    }
  }
  return text;
}

MetricSet MetricSet::parse(std::string_view text) {
  MetricSet set;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    auto sample = SampleReader(line).read();
    if (sample && is_family(sample->family))
      set.samples_[{std::move(sample->family), std::move(sample->labels)}] = sample->value;
  }
  return set;
}

}  // namespace pgark::cli
