#include "cli/metrics/metrics_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "cli/backup_place.hpp"
#include "cli/metrics/run_metrics.hpp"
#include "storage/catalogue/catalogue.hpp"
#include "storage/file_descriptor.hpp"
#include "storage/local_store.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {
namespace {

namespace fs = std::filesystem;
using storage::FileDescriptor;

constexpr mode_t kReadableByAll = 0644;
constexpr std::uint64_t kFileBytesMax = std::uint64_t{16} << 20;
constexpr std::chrono::seconds kLockTime{10};
constexpr std::chrono::milliseconds kLook{20};

fs::path folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

bool is_out_of_reach(const RunReport& report) {
  if (!report.failed() || !report.error) return false;
  switch (report.error->code) {
    case ErrorCode::connect:
    case ErrorCode::auth:
    case ErrorCode::connection_lost:
    case ErrorCode::interrupted: return true;
    default: return false;
  }
}

// Held until the descriptor is closed. The folder, because the file itself is replaced.
Result<FileDescriptor> lock_folder(const std::string& path) {
  const fs::path folder = folder_of(path);
  FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor)
    return tl::unexpected<Error>(errno_error(errno, "cannot open the folder", folder.string()));
  const auto end = std::chrono::steady_clock::now() + kLockTime;
  while (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return tl::unexpected<Error>(errno_error(errno, "cannot lock the folder", folder.string()));
    if (std::chrono::steady_clock::now() >= end)
      return fail(ErrorCode::io, "another run has it for too long", folder.string());
    std::this_thread::sleep_for(kLook);
  }
  return descriptor;
}

Result<MetricSet> read_metrics(const std::string& path) {
  const fs::path name(path);
  std::error_code missing;
  if (!fs::exists(name, missing) && !missing) return MetricSet();
  const storage::LocalStore store(folder_of(path).string());
  const auto text = store.read_small(name.filename().string(), kFileBytesMax);
  if (!text) return tl::unexpected<Error>(text.error());
  return MetricSet::parse(*text);
}

Result<> replace_file(const std::string& path, const std::string& text) {
  std::string partial = path + ".XXXXXX";
  FileDescriptor file(::mkostemp(partial.data(), O_CLOEXEC));
  if (!file) return tl::unexpected<Error>(errno_error(errno, "cannot write beside", path));
  int problem = storage::write_all_at(file.get(), 0, as_bytes(text));
  if (problem == 0 && ::fchmod(file.get(), kReadableByAll) != 0) problem = errno;
  if (problem == 0 && ::fdatasync(file.get()) != 0) problem = errno;
  if (problem == 0) problem = file.close();
  if (problem == 0 && ::rename(partial.c_str(), path.c_str()) != 0) problem = errno;
  if (problem == 0) return {};
  ::unlink(partial.c_str());
  return tl::unexpected<Error>(errno_error(problem, "cannot write the metrics", path));
}

}  // namespace

Result<> update_metrics(const std::string& path, const RunReport& report) {
  // The slow part comes before the lock.
  Result<std::vector<storage::Backup>> backups;
  std::string label;
  if (!report.place.empty()) {
    const auto store = storage::open_store(report.place);
    if (!store) {
      backups = tl::unexpected<Error>(store.error());
    } else {
      label = full_place_name(**store);
      if (!is_out_of_reach(report)) backups = storage::Catalogue(**store).list(report.asked_database);
    }
  }
  const auto lock = lock_folder(path);
  if (!lock) return tl::unexpected<Error>(lock.error());
  auto metrics = read_metrics(path);
  if (!metrics) return tl::unexpected<Error>(std::move(metrics).error());
  put_run(*metrics, report, label);
  if (!label.empty() && backups && !is_out_of_reach(report))
    put_backups(*metrics, label, report.asked_database, *backups);
  if (auto written = replace_file(path, metrics->text()); !written) return written;
  return backups ? Result<>() : tl::unexpected<Error>(std::move(backups).error());
}

}  // namespace pgark::cli
