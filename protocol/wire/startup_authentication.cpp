// The authentication steps of StartupMachine.
#include <fmt/format.h>

#include <algorithm>

#include "protocol/wire/md5_password.hpp"
#include "protocol/wire/message/auth_response.hpp"
#include "protocol/wire/message/authentication.hpp"
#include "protocol/wire/startup_machine.hpp"

namespace pgark::wire {
namespace {

bool offers(const std::vector<std::string_view>& mechanisms, std::string_view wanted) {
  return std::find(mechanisms.begin(), mechanisms.end(), wanted) != mechanisms.end();
}

std::string_view method_name(AuthMethod method) {
  switch (method) {
    case AuthMethod::none: return "no authentication";
    case AuthMethod::password: return "cleartext password";
    case AuthMethod::md5: return "md5";
    case AuthMethod::gss: return "GSSAPI";
    case AuthMethod::sspi: return "SSPI";
    case AuthMethod::scram_sha_256: return "scram-sha-256";
  }
  return "unknown";
}

}  // namespace

Result<void> StartupMachine::handle_authentication(const MessageView& message, std::vector<std::byte>& out) {
  const auto request = decode_authentication(message.payload);
  if (!request) return tl::unexpected(request.error());
  const auto kind = request->kind;
  if (kind == AuthenticationKind::ok) return accept_ok();
  if (state_ == State::sasl_first && kind == AuthenticationKind::sasl_continue) {
    return continue_sasl(request->data, out);
  }
  if (state_ == State::sasl_final && kind == AuthenticationKind::sasl_final) {
    if (auto ok = scram_->verify(request->data); !ok) return ok;
    state_ = State::sasl_verified;
    return {};
  }
  if (state_ != State::authentication) {
    return fail(ErrorCode::protocol,
                fmt::format("unexpected request for {} authentication", authentication_name(kind)));
  }
  switch (kind) {
    case AuthenticationKind::cleartext_password: return send_cleartext(out);
    case AuthenticationKind::md5_password: return send_md5(request->salt, out);
    case AuthenticationKind::sasl: return start_sasl(request->mechanisms, out);
    default:
      return fail(ErrorCode::auth,
                  fmt::format("the server asks for {} authentication ({}), which pgark does not support",
                              authentication_name(kind), static_cast<std::uint32_t>(kind)),
                  {}, "allow scram-sha-256 or a client certificate for this user in pg_hba.conf");
  }
}

Result<void> StartupMachine::accept_ok() {
  if (state_ == State::authentication) {
    if (auto ok = check_method(AuthMethod::none); !ok) return ok;
  } else if (state_ != State::password_sent && state_ != State::sasl_verified) {
    return fail(ErrorCode::auth, "the server broke off SCRAM and did not prove that it knows the password",
                {}, "somebody may be impersonating the server");
  }
  state_ = State::session;
  return {};
}

Result<void> StartupMachine::check_method(AuthMethod method) const {
  if ((options_.auth_methods >> static_cast<unsigned>(method) & 1u) == 0) {
    return fail(ErrorCode::auth,
                fmt::format("the server authenticates with {}, which require_auth does not allow",
                            method_name(method)));
  }
  if (options_.channel_binding == ChannelBindingPolicy::require && method != AuthMethod::scram_sha_256) {
    return fail(ErrorCode::auth,
                fmt::format("channel binding is required, but the server authenticates with {}",
                            method_name(method)));
  }
  return {};
}

Result<void> StartupMachine::need_password() {
  password_requested_ = true;
  if (!options_.password.empty()) return {};
  return fail(ErrorCode::auth,
              fmt::format("the server asks for a password of \"{}\" and none was given", options_.user), {},
              "set PGPASSWORD or write it into the password file");
}

Result<void> StartupMachine::send_cleartext(std::vector<std::byte>& out) {
  if (auto ok = check_method(AuthMethod::password); !ok) return ok;
  if (auto ok = need_password(); !ok) return ok;
  append_password_message(options_.password, out);
  state_ = State::password_sent;
  return {};
}

Result<void> StartupMachine::send_md5(ByteSpan salt, std::vector<std::byte>& out) {
  if (auto ok = check_method(AuthMethod::md5); !ok) return ok;
  if (auto ok = need_password(); !ok) return ok;
  const auto digest = md5_password(options_.user, options_.password, salt);
  if (!digest) return tl::unexpected(digest.error());
  append_password_message(*digest, out);
  state_ = State::password_sent;
  return {};
}

Result<ScramBinding> StartupMachine::choose_binding(const std::vector<std::string_view>& mechanisms) const {
  const bool is_required = options_.channel_binding == ChannelBindingPolicy::require;
  const bool can_bind =
      tls_active_ && !end_point_.empty() && options_.channel_binding != ChannelBindingPolicy::disable;
  if (offers(mechanisms, kScramSha256Plus)) {
    if (!tls_active_)
      return fail(ErrorCode::auth, "the server offers channel binding on a connection without TLS");
    if (can_bind) return ScramBinding::end_point;
  }
  if (is_required) {
    const std::string_view reason = !tls_active_         ? "the connection does not use TLS"
                                    : end_point_.empty() ? "the server's certificate allows none"
                                                         : "the server does not offer it";
    return fail(ErrorCode::auth, fmt::format("channel binding is required, but {}", reason));
  }
  if (!offers(mechanisms, kScramSha256)) {
    return fail(ErrorCode::auth, "the server offers no SASL mechanism that pgark supports");
  }
  return can_bind ? ScramBinding::not_offered : ScramBinding::none;
}

Result<void> StartupMachine::start_sasl(const std::vector<std::string_view>& mechanisms,
                                        std::vector<std::byte>& out) {
  if (auto ok = check_method(AuthMethod::scram_sha_256); !ok) return ok;
  const auto binding = choose_binding(mechanisms);
  if (!binding) return tl::unexpected(binding.error());
  if (auto ok = need_password(); !ok) return ok;
  scram_.emplace(ScramOptions{.password = options_.password,
                              .binding = *binding,
                              .end_point = end_point_,
                              .user = {},
                              .client_nonce = options_.scram_nonce});
  const auto first = scram_->client_first();
  if (!first) return tl::unexpected(first.error());
  append_sasl_initial_response(*binding == ScramBinding::end_point ? kScramSha256Plus : kScramSha256, *first,
                               out);
  state_ = State::sasl_first;
  return {};
}

Result<void> StartupMachine::continue_sasl(std::string_view server_first, std::vector<std::byte>& out) {
  const auto answer = scram_->client_final(server_first);
  if (!answer) return tl::unexpected(answer.error());
  append_sasl_response(*answer, out);
  state_ = State::sasl_final;
  return {};
}

}  // namespace pgark::wire
