#include "storage/s3/credentials.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "storage/http/endpoint.hpp"
#include "storage/http/retry.hpp"
#include "storage/s3/answers.hpp"

namespace pgark::storage::s3 {
namespace {

using namespace std::chrono_literals;
using object::ErrorAnswer;
using object::parse_error;
using object::parse_iso_time;

// New keys are fetched so long before the old ones end.
constexpr auto kEarly = 5min;
constexpr std::size_t kTokenBytesMax = std::size_t{64} << 10;
constexpr int kServiceAttempts = 3;
constexpr const char* kHint =
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for a profile with them; "
    "docs/object-storage.md lists all ways";

tl::unexpected<Error> no_keys(std::string message, std::string object = {}) {
  return fail(ErrorCode::auth, std::move(message), std::move(object), kHint);
}

Result<std::string> read_token(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::unexpected<Error>(errno_error(errno, "cannot open the file of the token", path));
  std::string token(kTokenBytesMax, '\0');
  file.read(token.data(), static_cast<std::streamsize>(token.size()));
  token.resize(static_cast<std::size_t>(file.gcount()));
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' '))
    token.pop_back();
  const auto fits_a_header = [](unsigned char c) { return c > ' ' && c < 0x7f; };
  for (const char c : token) {
    if (!fits_a_header(static_cast<unsigned char>(c))) return no_keys("the file holds no token", path);
  }
  if (token.empty()) return no_keys("the file of the token is empty", path);
  return token;
}

// A few attempts at once: these services are near, or not there at all.
Result<std::string> ask(http::Client& client, const std::string& url, http::Request request) {
  const auto endpoint = http::parse_endpoint(url);
  if (!endpoint) return tl::unexpected<Error>(endpoint.error());
  http::Endpoint server = *endpoint;
  if (request.target == "/" && !server.path.empty()) request.target = server.path;
  server.path.clear();
  const std::string name = server.to_string();
  http::Call call;
  call.request = std::move(request);
  std::string reason;
  for (int attempt = 0; attempt < kServiceAttempts; ++attempt) {
    const auto answer = client.exchange(server, call);
    if (answer && answer->ok()) return answer->body;
    if (!answer && answer.error().kind == http::FailureKind::interrupted)
      return fail(ErrorCode::interrupted, "stopped while keys were fetched", name);
    reason = answer ? fmt::format("status {}", answer->status) : answer.error().reason;
    if (answer) {
      const ErrorAnswer error = parse_error(answer->body);
      if (!error.code.empty()) reason += ": " + error.code;
      if (!http::is_transient(answer->status)) break;
    } else if (!http::is_transient(answer.error().kind)) {
      break;
    }
  }
  return no_keys("the service that gives keys away does not: " + reason, name);
}

// Both metadata services answer alike.
Result<ExpiringKeys> parse_metadata(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto field = [&json](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (!json.is_object()) return no_keys("the metadata service answers with something else than keys");
  ExpiringKeys keys{{field("AccessKeyId"), field("SecretAccessKey"), field("Token")},
                    parse_iso_time(field("Expiration"))};
  if (keys.keys.access_key.empty() || keys.keys.secret_key.empty())
    return no_keys("the metadata service answers without keys");
  return keys;
}

std::string setting(const Profile& profile, const char* name) {
  const auto found = profile.find(name);
  return found == profile.end() ? std::string() : found->second;
}

class Chain {
 public:
  Chain(Variables variables, Profile profile, std::string region, http::Client& client)
      : variables_(std::move(variables)),
        profile_(std::move(profile)),
        region_(std::move(region)),
        client_(client) {}

  Result<ExpiringKeys> operator()() const {
    if (variables_("AWS_ACCESS_KEY_ID")) return from_variables();
    if (const auto file = variables_("AWS_WEB_IDENTITY_TOKEN_FILE"))
      return from_web_identity(*file, variables_("AWS_ROLE_ARN").value_or(""));
    if (const std::string file = setting(profile_, "web_identity_token_file"); !file.empty())
      return from_web_identity(file, setting(profile_, "role_arn"));
    if (!setting(profile_, "aws_access_key_id").empty()) return from_profile();
    for (const char* name : {"role_arn", "credential_process", "sso_session", "sso_start_url"}) {
      if (profile_.contains(name)) {
        return fail(
            ErrorCode::auth, fmt::format("the profile uses {}, which pgark does not know", name), {},
            "let the aws program export its keys: eval \"$(aws configure export-credentials --format env)\"");
      }
    }
    const auto relative = variables_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const auto full = variables_("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (relative || full) return from_container(relative ? "http://169.254.170.2" + *relative : *full);
    if (variables_("AWS_EC2_METADATA_DISABLED").value_or("") != "true") return from_machine();
    return no_keys("there are no keys for the object storage");
  }

 private:
  Result<ExpiringKeys> from_variables() const {
    const auto secret = variables_("AWS_SECRET_ACCESS_KEY");
    if (!secret) return no_keys("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
    return ExpiringKeys{
        {*variables_("AWS_ACCESS_KEY_ID"), *secret, variables_("AWS_SESSION_TOKEN").value_or("")},
        std::nullopt};
  }

  Result<ExpiringKeys> from_profile() const {
    ExpiringKeys found{{setting(profile_, "aws_access_key_id"), setting(profile_, "aws_secret_access_key"),
                        setting(profile_, "aws_session_token")},
                       std::nullopt};
    if (found.keys.secret_key.empty()) return no_keys("the profile has no aws_secret_access_key");
    return found;
  }

  Result<ExpiringKeys> from_web_identity(const std::string& file, const std::string& role) const {
    if (role.empty()) return no_keys("there is a web identity, but no role to assume (AWS_ROLE_ARN)");
    const auto token = read_token(file);
    if (!token) return tl::unexpected<Error>(token.error());
    const std::string session = variables_("AWS_ROLE_SESSION_NAME").value_or("pgark");
    // The token goes in the body, which no proxy writes into its log.
    const std::string body = canonical_query({{"Action", "AssumeRoleWithWebIdentity"},
                                              {"Version", "2011-06-15"},
                                              {"RoleArn", role},
                                              {"RoleSessionName", session},
                                              {"WebIdentityToken", *token}});
    http::Request request;
    request.method = "POST";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = as_bytes(body);
    const std::string url =
        variables_("AWS_ENDPOINT_URL_STS").value_or(fmt::format("https://sts.{}.amazonaws.com", region_));
    const auto answer = ask(client_, url, std::move(request));
    if (!answer) return tl::unexpected<Error>(answer.error());
    const auto role_keys = parse_assumed_role(*answer);
    if (!role_keys) return tl::unexpected<Error>(role_keys.error());
    return ExpiringKeys{{role_keys->access_key, role_keys->secret_key, role_keys->session_token},
                        role_keys->expires};
  }

  Result<ExpiringKeys> from_container(const std::string& url) const {
    http::Request request;
    if (const auto file = variables_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
      const auto token = read_token(*file);
      if (!token) return tl::unexpected<Error>(token.error());
      request.headers.push_back({"Authorization", *token});
    } else if (const auto token = variables_("AWS_CONTAINER_AUTHORIZATION_TOKEN")) {
      request.headers.push_back({"Authorization", *token});
    }
    const auto answer = ask(client_, url, std::move(request));
    return answer ? parse_metadata(*answer) : tl::unexpected<Error>(answer.error());
  }

  // IMDSv2: a token first, so that a request that somebody tricks us into gets nothing.
  Result<ExpiringKeys> from_machine() const {
    const std::string base =
        variables_("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254");
    http::Request request;
    request.method = "PUT";
    request.target = "/latest/api/token";
    request.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}};
    const auto token = ask(client_, base, std::move(request));
    if (!token && token.error().code == ErrorCode::interrupted) return tl::unexpected<Error>(token.error());
    if (!token) return no_keys("there are no keys for the object storage, and this machine has no role");
    const std::string path = "/latest/meta-data/iam/security-credentials/";
    const auto get = [&](const std::string& target) {
      http::Request next;
      next.target = target;
      next.headers = {{"X-aws-ec2-metadata-token", *token}};
      return ask(client_, base, std::move(next));
    };
    const auto role = get(path);
    if (!role) return tl::unexpected<Error>(role.error());
    const auto answer = get(path + http::percent_encode(role->substr(0, role->find('\n'))));
    return answer ? parse_metadata(*answer) : tl::unexpected<Error>(answer.error());
  }

  const Variables variables_;
  const Profile profile_;
  const std::string region_;
  http::Client& client_;
};

}  // namespace

KeySource make_key_source(const std::string& scheme, Variables variables, Profile profile, std::string region,
                          http::Client& client) {
  if (scheme == "gs") {
    return [variables = std::move(variables)]() -> Result<ExpiringKeys> {
      const auto key = variables("PGARK_GS_ACCESS_KEY_ID");
      const auto secret = variables("PGARK_GS_SECRET_ACCESS_KEY");
      if (key && secret) return ExpiringKeys{{*key, *secret, {}}, std::nullopt};
      return fail(ErrorCode::auth, "there are no keys for Google Cloud Storage", {},
                  "make an HMAC key for a service account and set PGARK_GS_ACCESS_KEY_ID and "
                  "PGARK_GS_SECRET_ACCESS_KEY");
    };
  }
  return Chain(std::move(variables), std::move(profile), std::move(region), client);
}

Result<Keys> KeyCache::get(std::chrono::system_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!kept_ || (kept_->expires && now + kEarly >= *kept_->expires)) {
    auto fetched = source_();
    if (!fetched) return tl::unexpected<Error>(std::move(fetched).error());
    kept_ = std::move(*fetched);
  }
  return kept_->keys;
}

bool KeyCache::refuse(const std::string& used) {
  const std::lock_guard lock(mutex_);
  if (!kept_ || mark_of(kept_->keys) != used) return true;  // somebody has fetched others meanwhile
  const bool others = kept_->expires.has_value();
  kept_.reset();
  return others;
}

}  // namespace pgark::storage::s3
