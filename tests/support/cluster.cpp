#include "support/cluster.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

constexpr int kStartAttempts = 5;
constexpr auto kStartDeadline = std::chrono::seconds(60);
constexpr auto kPollInterval = std::chrono::milliseconds(20);

fs::path find_bin_directory() {
  if (const char* given = std::getenv("PGARK_TEST_PG_BIN"); given != nullptr && *given != '\0') return given;
  fs::path newest;
  int newest_major = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const int major = std::atoi(entry.path().filename().c_str());
    if (major > newest_major && fs::exists(entry.path() / "bin/initdb")) {
      newest_major = major;
      newest = entry.path() / "bin";
    }
  }
  if (newest.empty()) {
    throw std::runtime_error("no PostgreSQL server found: install postgresql-15 or set PGARK_TEST_PG_BIN");
  }
  return newest;
}

// PostgreSQL refuses to run as root.
std::optional<Account> server_account() {
  if (::geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = ::getpwnam(name); entry != nullptr)
      return Account{entry->pw_uid, entry->pw_gid};
  }
  throw std::runtime_error("neither the account postgres nor nobody exists to run the server");
}

void give_to_server(const fs::path& path) {
  const auto account = server_account();
  if (account && ::chown(path.c_str(), account->user, account->group) != 0) {
    throw std::runtime_error("cannot give " + path.string() + " to the server's account");
  }
}

std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = descriptor >= 0 &&
                     ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!bound) throw std::runtime_error("no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

void write_lines(const fs::path& path, const std::vector<std::string>& lines, std::ios::openmode mode) {
  std::ofstream file(path, mode);
  for (const auto& line : lines) file << line << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

Cluster::Cluster(ClusterOptions options)
    : options_(std::move(options)),
      folder_("pg"),
      bin_directory_(options_.bin_directory.empty() ? find_bin_directory() : options_.bin_directory),
      data_directory_(folder_ / "data"),
      socket_directory_(folder_ / "s") {
  fs::create_directory(socket_directory_);
  give_to_server(folder_.path());
  give_to_server(socket_directory_);
  initialise();
  for (int attempt = 1;; ++attempt) {
    port_ = free_port();
    write_configuration();
    if (try_start()) return;
    const std::string log = log_tail();
    // Somebody else may have taken the port between our look and the server's bind.
    if (attempt == kStartAttempts || log.find("Address already in use") == std::string::npos) {
      throw std::runtime_error("the test server does not start; the end of its log:\n" + log);
    }
  }
}

Cluster::~Cluster() {
  if (server_) stop(StopMode::immediate);
}

Cluster& Cluster::shared() {
  static Cluster cluster;
  return cluster;
}

Command Cluster::as_server(std::vector<std::string> argv) const {
  Command command;
  command.argv = std::move(argv);
  command.account = server_account();
  command.working_directory = folder_.path();
  command.environment = options_.environment;
  command.environment.insert(command.environment.end(), {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}});
  // A foreign PGDATA or sanitizer setting must not reach the server.
  command.unset = {"PGDATA",       "PGPORT",       "PGHOST",       "LD_PRELOAD",
                   "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"};
  return command;
}

void Cluster::initialise() {
  std::vector<std::string> argv{program("initdb").string(),
                                "-D",
                                data_directory_.string(),
                                "-U",
                                "postgres",
                                "-A",
                                "trust",
                                "--no-sync",
                                "-E",
                                "UTF8",
                                "--locale",
                                "C.UTF-8"};
  argv.insert(argv.end(), options_.initdb_args.begin(), options_.initdb_args.end());
  run_or_throw(as_server(std::move(argv)));
  copy_files();
  if (!options_.hba_lines.empty())
    write_lines(data_directory_ / "pg_hba.conf", options_.hba_lines, std::ios::trunc);
  if (!options_.ident_lines.empty()) {
    write_lines(data_directory_ / "pg_ident.conf", options_.ident_lines, std::ios::trunc);
  }
}

void Cluster::copy_files() {
  for (const auto& [name, source] : options_.files) {
    const fs::path target = data_directory_ / name;
    fs::copy_file(source, target, fs::copy_options::overwrite_existing);
    give_to_server(target);
    fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write);
  }
}

void Cluster::write_configuration() {
  std::vector<std::string> lines{
      "fsync = off",
      "full_page_writes = off",
      "synchronous_commit = off",
      "max_connections = 100",
      "shared_buffers = '64MB'",
      "dynamic_shared_memory_type = mmap",  // nothing in /dev/shm that a killed server would leave
      "max_wal_size = '4GB'",
      "autovacuum = off",
      "listen_addresses = '127.0.0.1'",
      fmt::format("port = {}", port_),
      fmt::format("unix_socket_directories = '{}'", socket_directory_.string()),
      "logging_collector = off",
      "log_timezone = 'UTC'",
      "timezone = 'UTC'",
  };
  lines.insert(lines.end(), options_.settings.begin(), options_.settings.end());
  write_lines(data_directory_ / "pgark_test.conf", lines, std::ios::trunc);
  give_to_server(data_directory_ / "pgark_test.conf");
  const fs::path main_file = data_directory_ / "postgresql.conf";
  std::stringstream text;
  text << std::ifstream(main_file).rdbuf();
  if (text.str().find("include 'pgark_test.conf'") == std::string::npos) {
    write_lines(main_file, {"include 'pgark_test.conf'"}, std::ios::app);
  }
}

// After SIGKILL the backends end on their own, a moment later; until then the server refuses to start.
void Cluster::start() {
  const auto deadline = std::chrono::steady_clock::now() + kStartDeadline;
  while (!try_start()) {
    const bool old_backends = log_tail().find("pre-existing shared memory block") != std::string::npos;
    if (!old_backends || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the test server does not start again:\n" + log_tail());
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

bool Cluster::try_start() {
  Command command = as_server({program("postgres").string(), "-D", data_directory_.string()});
  command.death_signal = SIGQUIT;  // immediate shutdown
  server_ = std::make_unique<Process>(std::move(command));
  const auto deadline = std::chrono::steady_clock::now() + kStartDeadline;
  while (std::chrono::steady_clock::now() < deadline) {
    if (!server_->running()) return false;
    if (accepts_connections()) return true;
    std::this_thread::sleep_for(kPollInterval);
  }
  return false;
}

// The postmaster writes its state into the eighth line of its lock file; PostgreSQL source, miscinit.
bool Cluster::accepts_connections() {
  std::ifstream file(data_directory_ / "postmaster.pid");
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (number == 1 && line != std::to_string(server_->pid())) return false;
    if (number == 8) return line.starts_with("ready");
  }
  return false;
}

void Cluster::stop(StopMode mode) {
  if (!server_) return;
  server_->send(mode == StopMode::fast ? SIGINT : mode == StopMode::immediate ? SIGQUIT : SIGKILL);
  server_->wait();
  std::ofstream(folder_ / "earlier.log", std::ios::app) << server_->errors_so_far();
  server_.reset();
}

void Cluster::reload() {
  if (!server_) throw std::runtime_error("the test server is not running");
  sql("postgres", "SELECT pg_reload_conf()");
}

void Cluster::append_settings(const std::vector<std::string>& lines) {
  options_.settings.insert(options_.settings.end(), lines.begin(), lines.end());
  write_configuration();
}

std::string Cluster::log_tail(std::size_t bytes_max) const {
  std::string log;
  if (server_) log = server_->errors_so_far();
  if (log.size() > bytes_max) log.erase(0, log.size() - bytes_max);
  return log;
}

std::string Cluster::conninfo(std::string_view database, std::string_view extra) const {
  return fmt::format("host=127.0.0.1 port={} user=postgres dbname='{}'{}{}", port_, database,
                     extra.empty() ? "" : " ", extra);
}

std::string Cluster::socket_conninfo(std::string_view database, std::string_view extra) const {
  return fmt::format("host={} port={} user=postgres dbname='{}'{}{}", socket_directory_.string(), port_,
                     database, extra.empty() ? "" : " ", extra);
}

Command Cluster::client(std::string_view name, std::vector<std::string> arguments) const {
  Command command;
  command.argv = std::move(arguments);
  // Fetched servers (support/servers.hpp) bring no clients of their own.
  const fs::path own = program(name);
  command.argv.insert(command.argv.begin(),
                      (fs::exists(own) ? own : find_bin_directory() / std::string(name)).string());
  command.environment = {{"PGHOST", socket_directory_.string()},
                         {"PGPORT", std::to_string(port_)},
                         {"PGUSER", "postgres"},
                         {"PGCLIENTENCODING", "UTF8"}};
  command.unset = {"PGSERVICE", "PGDATABASE", "PGOPTIONS", "PGSSLMODE", "PGPASSWORD"};
  command.timeout_ms = 600'000;
  return command;
}

std::string Cluster::sql(std::string_view database, std::string_view text) {
  Command command =
      client("psql", {"-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d", std::string(database)});
  command.input = std::string(text);
  return trimmed(run_or_throw(std::move(command)));
}

fs::path Cluster::make_server_folder(std::string_view name) const {
  fs::path folder = folder_ / name;
  fs::create_directory(folder);
  give_to_server(folder);
  return folder;
}

int Cluster::server_version_num() {
  return std::stoi(sql("postgres", "SHOW server_version_num"));
}

void Cluster::create_database(std::string_view name, std::string_view options) {
  sql("postgres", fmt::format("CREATE DATABASE \"{}\" {}", name, options));
}

void Cluster::drop_database(std::string_view name) {
  sql("postgres",
      fmt::format("SET client_min_messages = error; DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", name));
}

std::string Cluster::schema_text(std::string_view database, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"--schema-only", "-d", std::string(database)};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return without_version_lines(run_or_throw(client("pg_dump", std::move(all))));
}

std::string without_version_lines(std::string_view schema_text) {
  std::istringstream lines{std::string(schema_text)};
  std::string result, line;
  while (std::getline(lines, line)) {
    const bool varies = line.starts_with("-- Dumped ") || line.starts_with("\\restrict ") ||
                        line.starts_with("\\unrestrict ");
    if (!varies) result += line + '\n';
  }
  return result;
}

}  // namespace pgark::test
