#include "support/servers.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

constexpr int kFetchTimeoutMs = 900'000;

// Asked once per program; the script does nothing when the servers are there already.
const fs::path& fetched_servers() {
  static const fs::path folder = [] {
    Command fetch;
    fetch.argv = {PGARK_SOURCE_DIR "/scripts/fetch-servers"};
    fetch.timeout_ms = kFetchTimeoutMs;
    const ProcessResult result = run(std::move(fetch));
    if (!result.ok()) throw std::runtime_error(result.err);
    return fs::path(result.out.substr(0, result.out.find('\n')));
  }();
  return folder;
}

}  // namespace

std::span<const int> known_majors() {
  static constexpr std::array kMajors = {13, 14, 15, 16, 17, 18};
  return kMajors;
}

fs::path server_programs(int major) {
  const fs::path installed = fs::path("/usr/lib/postgresql") / std::to_string(major) / "bin";
  if (fs::exists(installed / "initdb")) return installed;
  fs::path fetched = fetched_servers() / std::to_string(major) / "bin";
  if (!fs::exists(fetched / "initdb")) {
    throw std::runtime_error("no server of PostgreSQL " + std::to_string(major) + " in " +
                             installed.string() + " or " + fetched.string());
  }
  return fetched;
}

std::unique_ptr<Cluster> start_server(int major, ClusterOptions options) {
  options.bin_directory = server_programs(major);
  return std::make_unique<Cluster>(std::move(options));
}

}  // namespace pgark::test
