#include "protocol/params/ssl_defaults.hpp"

#include "protocol/params/text_file.hpp"

namespace pgark::params {
namespace {

Result<> complete_mode(Draft& draft) {
  SslParams& ssl = draft.params.ssl;
  const bool system_roots = ssl.root_cert == "system";
  ssl.mode = draft.ssl_mode.value_or(system_roots ? SslMode::verify_full : SslMode::prefer);
  const std::string weak = "sslmode=" + std::string(ssl_mode_name(ssl.mode)) + " is too weak for ";
  // Anybody can get a certificate for his own name from a public authority: only comparing the name proves
  // something.
  if (system_roots && ssl.mode != SslMode::verify_full) {
    return fail(ErrorCode::usage, weak + "sslrootcert=system", {}, "use sslmode=verify-full");
  }
  // A direct handshake has no way back to an unencrypted connection.
  if (ssl.negotiation == SslNegotiation::direct && ssl.mode < SslMode::require) {
    return fail(ErrorCode::usage, weak + "sslnegotiation=direct", {},
                "use sslmode=require, verify-ca or verify-full");
  }
  return {};
}

Result<> check_versions(const SslParams& ssl) {
  // The canonical names sort by age.
  if (ssl.max_protocol_version.empty() || ssl.min_protocol_version <= ssl.max_protocol_version) return {};
  return fail(ErrorCode::usage, "ssl_min_protocol_version " + ssl.min_protocol_version +
                                    " is above ssl_max_protocol_version " + ssl.max_protocol_version);
}

void complete_paths(Draft& draft, const Environment& environment) {
  SslParams& ssl = draft.params.ssl;
  const std::string folder =
      environment.home_directory.empty() ? "" : environment.home_directory + "/.postgresql";
  const auto when_it_exists = [&](const char* name) {
    const std::string path = folder + name;
    return !folder.empty() && file_status(path).kind != FileKind::absent ? path : std::string();
  };
  if (!ssl.root_cert_given && !folder.empty()) ssl.root_cert = folder + "/root.crt";
  if (ssl.crl.empty() && ssl.crl_dir.empty()) ssl.crl = when_it_exists("/root.crl");
  if (draft.ssl_cert_disabled) {
    ssl.cert.clear();
    ssl.key.clear();
    return;
  }
  if (ssl.cert.empty()) ssl.cert = when_it_exists("/postgresql.crt");
  if (ssl.cert.empty()) {
    ssl.key.clear();
  } else if (ssl.key.empty() && !folder.empty()) {
    ssl.key = folder + "/postgresql.key";
  }
}

}  // namespace

Result<> complete_ssl(Draft& draft, const Environment& environment) {
  if (auto done = complete_mode(draft); !done) return done;
  if (auto done = check_versions(draft.params.ssl); !done) return done;
  complete_paths(draft, environment);
  return {};
}

}  // namespace pgark::params
