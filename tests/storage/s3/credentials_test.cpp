#include "storage/s3/credentials.hpp"

#include <gtest/gtest.h>

#include <map>

#include "storage/s3/answers.hpp"
#include "support/certificates.hpp"
#include "support/http_server.hpp"
#include "support/temp_directory.hpp"

namespace pgark::storage::s3 {
namespace {

using namespace std::chrono_literals;
using test::HttpReply;
using test::HttpRequest;

using Map = std::map<std::string, std::string>;
constexpr const char* kSecret = "s3cr3t-k3y";

struct CredentialChain : testing::Test {
  const test::TempDirectory folder{"credentials"};
  http::Client client{http::ConnectionChoice{{1s, 5s}, nullptr, {}}};
  Map variables{{"AWS_EC2_METADATA_DISABLED", "true"}};
  Profile profile;

  Result<ExpiringKeys> fetch(const std::string& scheme = "s3") {
    const Variables lookup = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return make_key_source(scheme, lookup, profile, "eu-west-1", client)();
  }
};

TEST_F(CredentialChain, TakesTheEnvironmentFirst) {
  variables["AWS_ACCESS_KEY_ID"] = "AK";
  variables["AWS_SECRET_ACCESS_KEY"] = kSecret;
  variables["AWS_SESSION_TOKEN"] = "token";
  profile = {{"aws_access_key_id", "other"}, {"aws_secret_access_key", "x"}};
  const auto keys = fetch();
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->keys.access_key, "AK");
  EXPECT_EQ(keys->keys.session_token, "token");
  EXPECT_FALSE(keys->expires);
}

TEST_F(CredentialChain, TakesTheProfileThen) {
  profile = {{"aws_access_key_id", "AK"}, {"aws_secret_access_key", kSecret}};
  EXPECT_EQ(fetch()->keys.secret_key, kSecret);
}

TEST_F(CredentialChain, SaysWhatIsMissing) {
  EXPECT_EQ(fetch().error().code, ErrorCode::auth);
  variables["AWS_ACCESS_KEY_ID"] = "AK";
  EXPECT_NE(fetch().error().message.find("AWS_SECRET_ACCESS_KEY"), std::string::npos);
  EXPECT_NE(fetch("gs").error().hint.find("PGARK_GS_ACCESS_KEY_ID"), std::string::npos);
}

TEST_F(CredentialChain, NamesAKindOfProfileThatItDoesNotKnow) {
  profile = {{"credential_process", "/bin/keys"}};
  EXPECT_NE(fetch().error().message.find("credential_process"), std::string::npos);
}

TEST_F(CredentialChain, AsksTheMachineWithAToken) {
  test::HttpServer server([](const HttpRequest& request) -> HttpReply {
    if (request.path == "/latest/api/token")
      return {
          .status = request.method == "PUT" && !request.header("x-aws-ec2-metadata-token-ttl-seconds").empty()
                        ? 200
                        : 400,
          .body = "TOKEN"};
    if (request.header("x-aws-ec2-metadata-token") != "TOKEN") return {.status = 401};
    if (request.path == "/latest/meta-data/iam/security-credentials/") return {.body = "role one\n"};
    if (request.path != "/latest/meta-data/iam/security-credentials/role one") return {.status = 404};
    return {
        .body =
            R"({"AccessKeyId":"AK","SecretAccessKey":"SK","Token":"T","Expiration":"2026-01-15T14:30:00Z"})"};
  });
  variables = {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url()}};
  const auto keys = fetch();
  ASSERT_TRUE(keys) << keys.error().to_string();
  EXPECT_EQ(keys->keys.access_key, "AK");
  EXPECT_EQ(keys->keys.session_token, "T");
  EXPECT_EQ(keys->expires, parse_iso_time("2026-01-15T14:30:00Z"));
}

TEST_F(CredentialChain, AsksTheContainerWithItsToken) {
  test::HttpServer server([](const HttpRequest& request) -> HttpReply {
    if (request.header("authorization") != "container-token") return {.status = 401};
    return {
        .body =
            R"({"AccessKeyId":"AK","SecretAccessKey":"SK","Token":"T","Expiration":"2026-01-15T14:30:00Z"})"};
  });
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = server.url() + "/v1/credentials";
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] =
      test::write_file(folder / "token", "container-token\n");
  EXPECT_EQ(fetch()->keys.access_key, "AK");
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = test::write_file(folder / "other", "wrong\n");
  const auto refused = fetch();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::auth);
  EXPECT_EQ(refused.error().to_string().find("wrong"), std::string::npos) << "the token is a secret";
}

TEST_F(CredentialChain, AssumesARoleWithAWebIdentity) {
  std::string body;
  test::HttpServer server([&body](const HttpRequest& request) -> HttpReply {
    body = request.body;
    return {
        .body =
            "<AssumeRoleWithWebIdentityResponse xmlns=\"x\"><AssumeRoleWithWebIdentityResult><Credentials>"
            "<AccessKeyId>AK</AccessKeyId><SecretAccessKey>SK</SecretAccessKey><SessionToken>T</SessionToken>"
            "<Expiration>2026-01-15T14:30:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
            "</AssumeRoleWithWebIdentityResponse>"};
  });
  variables["AWS_ENDPOINT_URL_STS"] = server.url();
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = test::write_file(folder / "token", "eyJhbGciOi\n");
  variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/backup";
  const auto keys = fetch();
  ASSERT_TRUE(keys) << keys.error().to_string();
  EXPECT_EQ(keys->keys.session_token, "T");
  EXPECT_NE(body.find("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fbackup"), std::string::npos) << body;
  EXPECT_NE(body.find("&WebIdentityToken=eyJhbGciOi"), std::string::npos) << body;
}

TEST_F(CredentialChain, TellsWhyTheServiceRefuses) {
  int asked = 0;
  test::HttpServer server([&asked](const HttpRequest&) -> HttpReply {
    ++asked;
    return {.status = 403, .body = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"};
  });
  variables["AWS_ENDPOINT_URL_STS"] = server.url();
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = test::write_file(folder / "token", "eyJhbGciOi");
  variables["AWS_ROLE_ARN"] = "arn";
  const auto keys = fetch();
  ASSERT_FALSE(keys);
  EXPECT_NE(keys.error().message.find("AccessDenied"), std::string::npos) << keys.error().to_string();
  EXPECT_EQ(keys.error().to_string().find("eyJhbGciOi"), std::string::npos);
  EXPECT_EQ(asked, 1) << "to ask again does not help";
}

TEST(KeyCache, FetchesAgainShortlyBeforeTheEnd) {
  int fetched = 0;
  const auto start = parse_iso_time("2026-01-15T12:00:00Z").value();
  KeyCache cache([&]() -> Result<ExpiringKeys> {
    return ExpiringKeys{{std::to_string(++fetched), "s", "t"}, start + fetched * 1h};
  });
  EXPECT_EQ(cache.get(start)->access_key, "1");
  EXPECT_EQ(cache.get(start + 54min)->access_key, "1");
  EXPECT_EQ(cache.get(start + 56min)->access_key, "2");
}

TEST(KeyCache, FetchesAgainWhenTheServerSaysTheyHaveExpired) {
  int fetched = 0;
  bool last = false;
  KeyCache cache([&]() -> Result<ExpiringKeys> {
    return ExpiringKeys{{std::to_string(++fetched), "s", "t"},
                        last ? std::nullopt : std::optional(parse_iso_time("2099-01-15T12:00:00Z").value())};
  });
  const auto now = parse_iso_time("2026-01-15T12:00:00Z").value();
  const Keys first = cache.get(now).value();
  EXPECT_TRUE(cache.refuse(KeyCache::mark_of(first)));
  last = true;
  EXPECT_EQ(cache.get(now)->access_key, "2");
  EXPECT_TRUE(cache.refuse(KeyCache::mark_of(first))) << "others are there already";
  EXPECT_FALSE(cache.refuse(KeyCache::mark_of(cache.get(now).value()))) << "keys that last are what they are";
}

}  // namespace
}  // namespace pgark::storage::s3
