// Samples in the text format of Prometheus. Pure.
//
// Source: Prometheus documentation, "Exposition formats". All are gauges: what they tell can go down.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgark::cli {

struct MetricFamily {
  const char* name;
  const char* help;
};
// All that there are, in the order in which they are written.
std::span<const MetricFamily> metric_families();

// Names and values; what is empty is as if it were not there, and is left out.
using MetricLabels = std::map<std::string, std::string>;

class MetricSet {
 public:
  // REQUIRES: the family is one of metric_families(). Values are made safe: control characters and bytes that
  // are not UTF-8 become \xNN.
  void set(std::string_view family, const MetricLabels& labels, double value);
  void remove_if(const std::function<bool(const std::string& family, const MetricLabels&)>& condition);
  bool has(const std::string& family, const MetricLabels& labels) const;

  std::string text() const;
  // Of text() again. Lines that are nothing of ours are left out.
  static MetricSet parse(std::string_view text);

 private:
  std::map<std::pair<std::string, MetricLabels>, double> samples_;
};

}  // namespace pgark::cli
