#include "cli/scratch_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "cli/child_program.hpp"
#include "cli/interrupt_flag.hpp"
#include "storage/file_descriptor.hpp"

namespace pgark::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAccount = "postgres";
constexpr const char* kFolderPrefix = "pgark-scratch-";
constexpr int kPort = 5432;  // in the name of its socket: whatever PGPORT says
constexpr std::chrono::seconds kStartTime{60};
constexpr std::chrono::seconds kStopTime{30};
constexpr std::chrono::milliseconds kLook{50};
constexpr std::time_t kNewSeconds = 60;
constexpr std::size_t kLogShownBytes = 600;

// The server refuses to run as root.
std::optional<ChildAccount> server_account() {
  if (::geteuid() != 0) return std::nullopt;
  const passwd* entry = ::getpwnam(kAccount);
  if (entry == nullptr) {
    throw Exception(fail(ErrorCode::usage, "a server cannot run as root, and there is no account for it",
                         kAccount, "run pgark as another user, or set TEST_DATABASE_URL")
                        .value());
  }
  return ChildAccount{entry->pw_uid, entry->pw_gid};
}

[[noreturn]] void refuse(const std::string& message, const std::string& object, const std::string& hint) {
  throw Exception(fail(ErrorCode::usage, message, object, hint).value());
}

// Its output goes to the log.
pid_t start_server_program(const std::vector<std::string>& words, const std::string& log, int death_signal) {
  const storage::FileDescriptor output(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const storage::FileDescriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (output.get() < 0 || input.get() < 0) throw Exception(errno_error(errno, "cannot open", log));
  ChildProgram program;
  program.words = words;
  program.environment = {"LC_ALL=C", "TZ=UTC", "PATH=/usr/bin:/bin"};
  program.input = input.get();
  program.output = output.get();
  program.account = server_account();
  program.death_signal = death_signal;
  return start_child(program);
}

std::string end_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::string all = text.str();
  if (all.size() > kLogShownBytes) all = all.substr(all.size() - kLogShownBytes);
  while (all.ends_with('\n')) all.pop_back();
  std::ranges::replace(all, '\n', ' ');
  return all;
}

int major_of(const fs::path& folder) {
  const std::string name = folder.filename().string();
  int major = 0;
  std::from_chars(name.data(), name.data() + name.size(), major);
  return major;
}

bool has_programs(const fs::path& folder) {
  return ::access((folder / "postgres").c_str(), X_OK) == 0 &&
         ::access((folder / "initdb").c_str(), X_OK) == 0;
}

// Held as long as the folder is in use: flock(2) ends with the process.
storage::FileDescriptor lock_folder(const std::string& folder, int more_flags) {
  storage::FileDescriptor lock(
      ::open((folder + "/lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | more_flags, 0600));
  if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  return storage::FileDescriptor();
}

// What runs left that were killed: folders that are ours, and that nobody holds.
void remove_leftovers(const std::string& folder, EventSink& events) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string path = entry.path().string();
    if (!entry.path().filename().string().starts_with(kFolderPrefix)) continue;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) continue;
    const auto account = server_account();
    const bool ours = status.st_uid == ::geteuid() || (account && status.st_uid == account->user);
    // One that is just being made has no lock for a moment.
    const bool is_new = std::time(nullptr) - status.st_mtim.tv_sec < kNewSeconds;
    if (!ours || is_new || !lock_folder(path, 0)) continue;
    fs::remove_all(path, ignored);
    events.message(Severity::notice, "removed what a run that died had left", path);
  }
}

}  // namespace

std::optional<std::string> find_server_programs() {
  if (const char* given = std::getenv("PGARK_SERVER_BIN"); given != nullptr && *given != '\0') {
    if (!has_programs(given))
      refuse("holds no server programs (postgres, initdb)", given, "see PGARK_SERVER_BIN");
    return given;
  }
  std::vector<fs::path> majors;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", missing)) {
    if (has_programs(entry.path() / "bin")) majors.push_back(entry.path());
  }
  if (majors.empty()) return std::nullopt;
  return (*std::ranges::max_element(majors, {}, major_of) / "bin").string();
}

std::unique_ptr<ScratchServer> ScratchServer::start(const std::string& programs, const std::string& folder,
                                                    EventSink& events) {
  events.phase("starting a scratch server");
  const InterruptFlag interrupts;  // until it runs: what has been made goes with the object
  remove_leftovers(folder, events);
  std::string name = folder + "/" + kFolderPrefix + "XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    throw Exception(errno_error(errno, "cannot make a folder in", folder));
  std::unique_ptr<ScratchServer> server(new ScratchServer(name));
  server->lock_ = lock_folder(name, O_CREAT | O_EXCL);
  const auto account = server_account();
  if (account && ::chown(name.c_str(), account->user, account->group) != 0)
    throw Exception(errno_error(errno, "cannot give away the folder", name));
  server->initialise(programs);
  server->run(programs);
  return server;
}

void ScratchServer::initialise(const std::string& programs) {
  const pid_t child = start_server_program({programs + "/initdb", "-D", folder_ + "/data", "-U", kAccount,
                                            "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"},
                                           folder_ + "/initdb.log", SIGKILL);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (InterruptFlag::raised()) throw Exception(fail(ErrorCode::interrupted, "interrupted").value());
  if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  refuse("initdb failed: " + end_of(folder_ + "/initdb.log"), programs, "set TEST_DATABASE_URL instead");
}

// What it keeps is thrown away: nothing of it has to survive a crash.
void ScratchServer::run(const std::string& programs) {
  const std::vector<std::string> words{programs + "/postgres",
                                       "-D",
                                       folder_ + "/data",
                                       "-c",
                                       "listen_addresses=",
                                       "-c",
                                       "unix_socket_directories=" + folder_,
                                       "-c",
                                       fmt::format("port={}", kPort),
                                       "-c",
                                       "fsync=off",
                                       "-c",
                                       "full_page_writes=off",
                                       "-c",
                                       "synchronous_commit=off",
                                       "-c",
                                       "max_wal_size=4GB",
                                       "-c",
                                       "max_connections=300",
                                       "-c",
                                       "max_locks_per_transaction=1024",
                                       "-c",
                                       "dynamic_shared_memory_type=mmap",
                                       "-c",
                                       "logging_collector=off"};
  pid_ = start_server_program(words, folder_ + "/log", SIGQUIT);
  const auto deadline = std::chrono::steady_clock::now() + kStartTime;
  while (pid_ > 0 && std::chrono::steady_clock::now() < deadline) {
    if (is_ready()) return;
    if (InterruptFlag::raised()) throw Exception(fail(ErrorCode::interrupted, "interrupted").value());
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
    std::this_thread::sleep_for(kLook);
  }
  refuse("the scratch server does not start: " + end_of(folder_ + "/log"), programs,
         "set TEST_DATABASE_URL instead");
}

// PostgreSQL documentation, "Server Setup"; pg_ctl waits for the same line of postmaster.pid.
bool ScratchServer::is_ready() const {
  std::ifstream file(folder_ + "/data/postmaster.pid");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("ready")) return true;
  }
  return false;
}

ScratchServer::~ScratchServer() {
  if (pid_ > 0) {
    ::kill(pid_, SIGINT);  // fast shutdown
    const auto deadline = std::chrono::steady_clock::now() + kStopTime;
    bool gone = false;
    while (!(gone = ::waitpid(pid_, nullptr, WNOHANG) == pid_) && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(kLook);
    if (!gone) {
      ::kill(pid_, SIGQUIT);
      static_cast<void>(::waitpid(pid_, nullptr, 0));
    }
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string ScratchServer::conninfo() const {
  return fmt::format("host={} port={} user={} dbname=postgres", folder_, kPort, kAccount);
}

}  // namespace pgark::cli
