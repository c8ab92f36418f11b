// From all sources to ConnectParams: collect (strongest source first), apply the keyword table, fill in the
// defaults.
#include <algorithm>

#include "protocol/params/connect_params.hpp"
#include "protocol/params/connection_string.hpp"
#include "protocol/params/host_list.hpp"
#include "protocol/params/keywords.hpp"
#include "protocol/params/password_file.hpp"
#include "protocol/params/service_file.hpp"
#include "protocol/params/settings.hpp"
#include "protocol/params/ssl_defaults.hpp"

namespace pgark::params {
namespace {

// As psql, where the connection string is taken apart after -h, -p and -U and overwrites them.
Result<> offer_command_line(const CommandLineParams& command_line, Settings& settings) {
  if (!command_line.dbname.empty()) {
    const auto assignments = parse_connection_string(command_line.dbname);
    if (!assignments) return tl::unexpected(assignments.error());
    settings.offer_all(*assignments, "the connection string");
  }
  const std::pair<const char*, const std::string*> options[] = {
      {"host", &command_line.host}, {"port", &command_line.port}, {"user", &command_line.user}};
  for (const auto& [keyword, value] : options) {
    if (value->empty()) continue;
    if (value->find('\0') != std::string::npos) {
      return fail(ErrorCode::usage, std::string("the option for ") + keyword + " contains a zero byte");
    }
    settings.offer(keyword, *value, "the command line");
  }
  // Else an address of a weaker source would be dialled instead of the host asked for.
  if (!command_line.host.empty()) settings.offer("hostaddr", "", "the command line");
  return {};
}

// The weaker sources may still name the service, but its parameters rank above theirs.
Result<> offer_service(const Environment& environment, Settings& settings) {
  const auto from = [&](const char* keyword, const char* variable) {
    const auto* value = settings.find(keyword);
    auto text = value != nullptr ? std::optional(value->text) : environment.variable(variable);
    return text && !text->empty() ? text : std::nullopt;
  };
  const auto service = from("service", "PGSERVICE");
  if (!service) return {};
  const auto definition = find_service(*service, from("servicefile", "PGSERVICEFILE"), environment);
  if (!definition) return tl::unexpected(definition.error());
  settings.offer_all(definition->assignments, "service file " + definition->path);
  return {};
}

void offer_environment(const Environment& environment, Settings& settings) {
  for (const Keyword& keyword : all_keywords()) {
    if (keyword.variable.empty()) continue;
    if (const auto value = environment.variable(keyword.variable)) {
      settings.offer(keyword.name, *value, keyword.variable);
    }
  }
}

// The default of the defaults: used when nothing else names a server or a database. Then its parts are one
// address, into which no PGPORT of another one is mixed; the weaker variables fill in what it leaves open.
Result<> offer_database_url(const CommandLineParams& command_line, const Environment& environment,
                            Settings& settings) {
  if (!command_line.dbname.empty() || !command_line.host.empty()) return {};
  for (const std::string_view name : {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"}) {
    if (!environment.variable(name).value_or("").empty()) return {};
  }
  const auto url = environment.variable("DATABASE_URL");
  if (!url || url->empty()) return {};
  const auto assignments = parse_connection_string(*url);
  if (!assignments) {
    Error error = assignments.error();
    error.object = "DATABASE_URL";
    return tl::unexpected(std::move(error));
  }
  settings.offer_all(*assignments, "DATABASE_URL");
  if (settings.find("service") == nullptr) settings.offer("port", "", "DATABASE_URL");
  return {};
}

Result<Settings> collect(const CommandLineParams& command_line, const Environment& environment) {
  Settings settings;
  if (const auto done = offer_command_line(command_line, settings); !done)
    return tl::unexpected(done.error());
  if (const auto done = offer_database_url(command_line, environment, settings); !done) {
    return tl::unexpected(done.error());
  }
  if (const auto done = offer_service(environment, settings); !done) return tl::unexpected(done.error());
  offer_environment(environment, settings);
  return settings;
}

Result<> apply(const Settings& settings, Draft& draft) {
  for (const Keyword& keyword : all_keywords()) {
    const Settings::Value* value = settings.find(keyword.name);
    if (value == nullptr || value->text.empty()) continue;
    if (auto done = keyword.set(draft, keyword, value->text); !done) {
      Error error = done.error();
      error.message += " (from " + value->source + ')';
      return tl::unexpected(std::move(error));
    }
  }
  return {};
}

Result<> complete_identity(const Settings& settings, const Environment& environment, Draft& draft) {
  ConnectParams& params = draft.params;
  if (params.user.empty()) params.user = environment.user_name;
  if (params.user.empty()) {
    return fail(ErrorCode::usage, "no user name: none was given and the operating system knows none", {},
                "give one with -U, user= or PGUSER");
  }
  if (params.database.empty()) params.database = params.user;
  if (!settings.given("application_name") && !draft.fallback_application_name.empty()) {
    params.application_name = draft.fallback_application_name;
  }
  return {};
}

void find_passwords(const Environment& environment, Draft& draft, std::vector<std::string>& warnings) {
  if (!draft.password.empty()) {
    for (HostAddress& host : draft.params.hosts) host.password = draft.password;
    return;
  }
  const bool named = !draft.password_file.empty();
  if (!named && environment.home_directory.empty()) return;
  const PasswordFile file = PasswordFile::load(
      named ? draft.password_file : environment.home_directory + "/.pgpass", named, warnings);
  for (HostAddress& host : draft.params.hosts) {
    host.password = file.find({password_file_host(host, environment), std::to_string(host.port),
                               draft.params.database, draft.params.user});
  }
}

}  // namespace

Result<Resolved> resolve(const CommandLineParams& command_line, const Environment& environment) {
  const auto settings = collect(command_line, environment);
  if (!settings) return tl::unexpected(settings.error());
  Draft draft;
  if (const auto done = apply(*settings, draft); !done) return tl::unexpected(done.error());
  if (const auto done = complete_identity(*settings, environment, draft); !done)
    return tl::unexpected(done.error());
  if (const auto done = complete_ssl(draft, environment); !done) return tl::unexpected(done.error());
  auto hosts = build_host_list(draft, environment);
  if (!hosts) return tl::unexpected(hosts.error());
  draft.params.hosts = std::move(*hosts);
  Resolved resolved;
  find_passwords(environment, draft, resolved.warnings);
  resolved.params = std::move(draft.params);
  return resolved;
}

std::string ConnectParams::describe() const {
  std::string text = '"' + database + "\" on ";
  for (std::size_t i = 0; i < hosts.size(); ++i) text += (i == 0 ? "" : ", ") + hosts[i].describe();
  return text + " as \"" + user + '"';
}

}  // namespace pgark::params
