#include "cli/connection_options.hpp"

namespace pgark::cli {

namespace {

constexpr const char* kConnectionGroup = "Connection";
constexpr int kJobsMax = 256;

}  // namespace

void add_connection_options(CLI::App& command, params::CommandLineParams& options, const std::string& what) {
  command
      .add_option("-d,--dbname", options.dbname,
                  what +
                      ": a name, \"host=... dbname=...\" or postgresql://...; what such a string states "
                      "wins over -h, -p and -U, as in psql")
      ->type_name("CONNINFO")
      ->group(kConnectionGroup);
  command.add_option("-h,--host", options.host, "server name, address, or directory of its Unix socket")
      ->type_name("HOST")
      ->group(kConnectionGroup);
  command.add_option("-p,--port", options.port, "port (default 5432)")
      ->type_name("PORT")
      ->group(kConnectionGroup);
  command.add_option("-U,--username", options.user, "database role to connect as")
      ->type_name("USER")
      ->group(kConnectionGroup);
}

params::ConnectParams connect_params(const params::CommandLineParams& options, EventSink& events) {
  params::Resolved resolved = value_or_throw(params::resolve(options, params::process_environment()));
  for (const std::string& warning : resolved.warnings) events.message(Severity::warning, warning, {});
  return std::move(resolved.params);
}

void add_jobs_option(CLI::App& command, int& jobs, const std::string& what) {
  command.add_option("-j,--jobs", jobs, what)
      ->type_name("N")
      ->check(CLI::Range(1, kJobsMax))
      ->capture_default_str();
}

}  // namespace pgark::cli
