// A throw-away PostgreSQL server of its own: initdb, start, stop, remove.
//
// Program files are taken from PGARK_TEST_PG_BIN, else from the newest /usr/lib/postgresql/*/bin. Started by
// root, the server runs as `postgres` (or `nobody`). It listens on a free port of 127.0.0.1 and on a Unix
// socket inside its folder. It stops, and its folder goes, with the object; should the test program crash,
// the kernel tells the server to stop.
//
// Superuser `postgres`; local and TCP connections are trusted unless hba_lines says otherwise. Not thread
// safe; make and use it on the main thread. Failures throw std::runtime_error with the end of the server log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/process.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

struct ClusterOptions {
  std::vector<std::string> settings;     // lines of postgresql.conf: "work_mem = '8MB'"
  std::vector<std::string> hba_lines;    // the whole pg_hba.conf when not empty
  std::vector<std::string> ident_lines;  // the whole pg_ident.conf when not empty
  std::vector<std::string> initdb_args;
  // Copied into the data folder under this name, mode 0600, owned by the server: certificates and keys.
  std::vector<std::pair<std::string, std::filesystem::path>> files;
  std::filesystem::path bin_directory;                           // empty: as described above
  std::vector<std::pair<std::string, std::string>> environment;  // of initdb and the server
};

class Cluster {
 public:
  explicit Cluster(ClusterOptions options = {});
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // The one server of this test program, with default options, started at the first call. Do not stop it.
  static Cluster& shared();

  std::uint16_t port() const { return port_; }
  const std::filesystem::path& socket_directory() const { return socket_directory_; }
  const std::filesystem::path& data_directory() const { return data_directory_; }
  std::filesystem::path program(std::string_view name) const { return bin_directory_ / name; }
  int server_version_num();  // 150018
  // A folder that the server may write to, for a tablespace; it goes with the cluster.
  std::filesystem::path make_server_folder(std::string_view name) const;
  std::string log_tail(std::size_t bytes_max = 4000) const;

  // "host=127.0.0.1 port=... user=... dbname=..."; `extra` is appended.
  std::string conninfo(std::string_view database = "postgres", std::string_view extra = {}) const;
  std::string socket_conninfo(std::string_view database = "postgres", std::string_view extra = {}) const;

  // psql as an oracle: unaligned, tuples only, stops at the first error and throws it.
  std::string sql(std::string_view database, std::string_view text);
  void create_database(std::string_view name, std::string_view options = {});
  void drop_database(std::string_view name);  // also when sessions are open; no error when it is not there
  // Text of pg_dump --schema-only without the lines that differ from run to run.
  std::string schema_text(std::string_view database, const std::vector<std::string>& arguments = {});
  // A client program, with PGHOST, PGPORT and PGUSER set: of this server's version, or of the installed one
  // when the server came without.
  Command client(std::string_view name, std::vector<std::string> arguments) const;

  enum class StopMode { fast, immediate, crash };
  void start();              // again, after stop; the port stays
  void stop(StopMode mode);  // crash: SIGKILL to the postmaster; its children follow
  void reload();             // re-reads the configuration files
  void append_settings(const std::vector<std::string>& lines);
  pid_t postmaster_pid() const { return server_ ? server_->pid() : -1; }

 private:
  void initialise();
  void write_configuration();
  void copy_files();
  bool try_start();
  bool accepts_connections();
  Command as_server(std::vector<std::string> argv) const;

  ClusterOptions options_;
  TempDirectory folder_;
  std::filesystem::path bin_directory_, data_directory_, socket_directory_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> server_;
};

// Removes from pg_dump's text the lines that name versions and the random \restrict keys.
std::string without_version_lines(std::string_view schema_text);

}  // namespace pgark::test
