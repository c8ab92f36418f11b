#include "cli/scratch_restore.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/async/run_on.hpp"
#include "base/sql_quote.hpp"
#include "cli/archive_check.hpp"
#include "cli/connection_options.hpp"
#include "cli/replace.hpp"
#include "cli/runtime.hpp"
#include "cli/scratch_server.hpp"
#include "cli/text.hpp"
#include "restore/replace/replace.hpp"
#include "restore/requirements.hpp"
#include "restore/session.hpp"

namespace pgark::cli {
namespace {

namespace asio = boost::asio;

struct Place {
  std::unique_ptr<ScratchServer> server;  // null: somebody else's
  params::ConnectParams params;
  std::string text;
};

params::ConnectParams params_of(const std::string& conninfo, Console& console) {
  params::CommandLineParams given;
  given.dbname = conninfo;
  return connect_params(given, console);
}

std::string scratch_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/var/tmp";
}

Place find_place(Console& console) {
  Place place;
  if (const char* url = std::getenv("TEST_DATABASE_URL"); url != nullptr && *url != '\0') {
    place.params = params_of(url, console);
    place.text = "a scratch database on " + place.params.hosts.front().describe();
    return place;
  }
  const std::optional<std::string> programs = find_server_programs();
  if (!programs) {
    throw Exception(fail(ErrorCode::usage, "there is no server to restore into", {},
                         "set TEST_DATABASE_URL to a server on which a database may be made and dropped, or "
                         "install PostgreSQL's server programs")
                        .value());
  }
  place.server = ScratchServer::start(*programs, scratch_folder(), console);
  place.params = params_of(place.server->conninfo(), console);
  place.text = "a scratch server";
  return place;
}

restore::RestoreOptions scratch_options(int jobs) {
  restore::RestoreOptions options;
  options.jobs = jobs;
  options.no_owner = options.no_privileges = options.no_tablespaces = options.no_subscriptions = true;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  options.create_as = fmt::format("pgark_scratch_{}_{}", now.time_since_epoch().count(), ::getpid());
  options.create = true;
  return options;
}

// Policies and the like name roles; a server of our own has none.
asio::awaitable<void> create_roles(asio::any_io_executor strand, params::ConnectParams params,
                                   std::set<std::string> roles, Console& console) {
  restore::SessionChoice session;
  session.encoding = "UTF8";
  const auto connection = co_await restore::open_session(strand, params, session, console);
  for (const std::string& role : roles) {
    if (role == params.user) continue;
    const std::string sql = "CREATE ROLE " + quote_identifier(role);
    co_await connection->query(sql);
  }
  co_await connection->close();
}

void provide_roles(const format::ArchiveReader& archive, const restore::RestoreOptions& options,
                   const params::ConnectParams& params, Console& console) {
  const auto selection = value_or_throw(restore::Selection::make(archive.toc(), options));
  std::set<std::string> roles = restore::requirements_of(archive.toc(), selection, options).roles;
  if (roles.empty()) return;
  run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    const asio::any_io_executor strand = asio::make_strand(tools.executor);
    asio::awaitable<void> creating = create_roles(strand, params, roles, console);
    co_await async::run_on(strand, std::move(creating));
  });
}

void drop(const ReplaceRequest& request, Console& console) {
  run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    restore::ReplaceTools replace{tools.executor, console, request.target, {}};
    co_await restore::discard_aside(std::move(replace), request.restore.create_as);
  });
}

// Whatever happened: it is ours.
void drop_quietly(const ReplaceRequest& request, Console& console) {
  try {
    drop(request, console);
  } catch (const Exception& exception) {
    console.message(Severity::warning, "could not be dropped: " + exception.error().to_string(),
                    request.restore.create_as);
  }
}

}  // namespace

ScratchResult restore_to_scratch(const format::ArchiveReader& archive, int jobs, Console& console) {
  const Place place = find_place(console);
  const ReplaceRequest request{archive, archive.name(), place.params, scratch_options(jobs), {}};
  if (place.server) provide_roles(archive, request.restore, place.params, console);
  console.message(Severity::info, "restoring into " + place.text, printable(request.restore.create_as));
  ScratchResult result;
  result.where = place.text;
  try {
    result.restore = run_restore_once(request, /*verify=*/true, console);
  } catch (...) {
    const std::exception_ptr failure = std::current_exception();
    if (!place.server) drop_quietly(request, console);
    std::rethrow_exception(failure);
  }
  reset_progress(console);
  if (!place.server) drop_quietly(request, console);
  return result;
}

}  // namespace pgark::cli
