#include "storage/s3/settings.hpp"

#include <gtest/gtest.h>

#include <map>

#include "support/certificates.hpp"
#include "support/temp_directory.hpp"

namespace pgark::storage::s3 {
namespace {

using Map = std::map<std::string, std::string>;

Variables variables_of(Map map) {
  return [map = std::move(map)](const std::string& name) -> std::optional<std::string> {
    const auto found = map.find(name);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  };
}

Result<Settings> settings_of(const std::string& name, Map variables = {}, const Profile& profile = {}) {
  const auto location = parse_location(name);
  if (!location) return tl::unexpected<Error>(location.error());
  return make_settings(*location, variables_of(std::move(variables)), profile);
}

std::string url_of(const Settings& settings, const std::string& key) {
  const Address address = address_of(settings, key);
  return address.endpoint.to_string() + address.path;
}

TEST(Location, IsBucketAndKey) {
  const auto location = parse_location("s3://my-bucket/nightly/shop 1.pgark");
  ASSERT_TRUE(location);
  EXPECT_EQ(location->bucket, "my-bucket");
  EXPECT_EQ(location->key, "nightly/shop 1.pgark");
  EXPECT_EQ(parse_location("s3://my-bucket")->key, "");
}

TEST(Location, RefusesWhatIsNoBucket) {
  for (const char* name : {"s3://", "s3:///key", "s3://ab/key", "s3://key:secret@bucket/x", "s3://a..b/x",
                           "s3://bucket%2f/x", "s3://-bucket/x"}) {
    const auto location = parse_location(name);
    ASSERT_FALSE(location) << name;
    EXPECT_EQ(location.error().code, ErrorCode::usage);
    EXPECT_EQ(location.error().to_string().find("secret"), std::string::npos) << "may be a password";
  }
  EXPECT_FALSE(parse_location("s3://bucket/" + std::string(1025, 'k')));
}

TEST(Addressing, OfAmazonIsByHostName) {
  const auto settings = settings_of("s3://bucket/k", {{"AWS_REGION", "eu-central-1"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(url_of(*settings, "a b/c+d"), "https://bucket.s3.eu-central-1.amazonaws.com/a%20b/c%2Bd");
  EXPECT_EQ(url_of(*settings, ""), "https://bucket.s3.eu-central-1.amazonaws.com/");
}

TEST(Addressing, OfOtherEndpointsIsByPath) {
  const auto settings = settings_of("s3://bucket/k", {{"AWS_ENDPOINT_URL", "http://minio:9000/base"}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(url_of(*settings, "k"), "http://minio:9000/base/bucket/k");
  EXPECT_EQ(url_of(*settings, ""), "http://minio:9000/base/bucket");
}

TEST(Addressing, OfABucketWithDotsIsByPath) {
  EXPECT_EQ(url_of(*settings_of("s3://a.b.c/k"), "k"), "https://s3.us-east-1.amazonaws.com/a.b.c/k");
}

TEST(Addressing, CanBeChosen) {
  EXPECT_EQ(url_of(*settings_of("s3://bucket/k", {{"AWS_ENDPOINT_URL_S3", "https://ceph.local"},
                                                  {"PGARK_S3_ADDRESSING", "virtual"}}),
                   "k"),
            "https://bucket.ceph.local/k");
  EXPECT_EQ(url_of(*settings_of("s3://bucket/k", {}, {{"s3.addressing_style", "path"}}), "k"),
            "https://s3.us-east-1.amazonaws.com/bucket/k");
}

TEST(Addressing, OfGoogleIsItsXmlInterface) {
  const auto settings = settings_of("gs://bucket/k", {{"AWS_ENDPOINT_URL", "http://minio:9000"}});
  EXPECT_EQ(url_of(*settings, "k"), "https://storage.googleapis.com/bucket/k");
  EXPECT_EQ(settings->region, "auto");
}

TEST(Settings, TakeTheMoreSpecificVariableAndThenTheProfile) {
  const Profile profile{
      {"region", "us-west-2"}, {"endpoint_url", "https://profile.local"}, {"ca_bundle", "/ca"}};
  EXPECT_EQ(settings_of("s3://bucket", {}, profile)->region, "us-west-2");
  EXPECT_EQ(settings_of("s3://bucket", {}, profile)->endpoint.host, "profile.local");
  EXPECT_EQ(settings_of("s3://bucket", {}, profile)->ca_file, "/ca");
  const Map both{{"AWS_ENDPOINT_URL", "https://all.local"},
                 {"AWS_ENDPOINT_URL_S3", "https://s3.local"},
                 {"AWS_DEFAULT_REGION", "eu-west-1"},
                 {"AWS_REGION", "eu-west-2"}};
  EXPECT_EQ(settings_of("s3://bucket", both, profile)->endpoint.host, "s3.local");
  EXPECT_EQ(settings_of("s3://bucket", both, profile)->region, "eu-west-2");
}

TEST(Settings, RefuseValuesThatMakeNoSense) {
  for (const auto& [name, value] : Map{{"PGARK_S3_PART_SIZE", "5242879"},
                                       {"PGARK_S3_UPLOADS", "0"},
                                       {"AWS_MAX_ATTEMPTS", "many"},
                                       {"PGARK_S3_ENCRYPTION", "rot13"},
                                       {"PGARK_S3_KMS_KEY", "alias/x"},
                                       {"PGARK_S3_LOCK_MODE", "GOVERNANCE"},
                                       {"PGARK_S3_LOCK_DAYS", "30"},
                                       {"PGARK_S3_ADDRESSING", "dns"},
                                       {"AWS_REGION", "eu central"},
                                       {"AWS_ENDPOINT_URL", "minio:9000"}}) {
    const auto settings = settings_of("s3://bucket", {{name, value}});
    ASSERT_FALSE(settings) << name;
    EXPECT_EQ(settings.error().code, ErrorCode::usage) << name;
  }
}

TEST(Parts, GrowSoThatAnObjectMayBeLarge) {
  const Settings settings = settings_of("s3://bucket").value();
  EXPECT_EQ(part_bytes_of(settings, 1), std::uint64_t{16} << 20);
  EXPECT_EQ(part_bytes_of(settings, 1000), std::uint64_t{16} << 20);
  EXPECT_EQ(part_bytes_of(settings, 1001), std::uint64_t{32} << 20);
  EXPECT_EQ(part_bytes_of(settings, 10'000), std::uint64_t{128} << 20);
  EXPECT_EQ(part_bytes_of(settings, 10'001), 0u);
  EXPECT_GT(object_bytes_max(settings), std::uint64_t{700} << 30);
}

TEST(Parts, AreEqualWhereTheyMustBe) {
  for (const Map& variables : {Map{{"PGARK_S3_PART_SIZE", "16777216"}},
                               Map{{"AWS_ENDPOINT_URL", "https://acc.r2.cloudflarestorage.com"}}}) {
    const Settings settings = settings_of("s3://bucket", variables).value();
    EXPECT_EQ(part_bytes_of(settings, 1), part_bytes_of(settings, 9'999));
  }
}

TEST(ProfileFiles, AreReadAsTheToolsOfAwsReadThem) {
  const char* config =
      "# mine\n[default]\nregion = eu-west-1\n\n[profile backup]\nregion=eu-north-1\r\ns3 =\n"
      "  addressing_style = path\n  endpoint_url = https://x\noutput = json\n[profile other]\nregion = "
      "us-east-2\n";
  Profile profile;
  EXPECT_TRUE(read_profile(config, ProfileFile::config, "backup", profile));
  EXPECT_EQ(profile, (Profile{{"region", "eu-north-1"},
                              {"s3.addressing_style", "path"},
                              {"s3.endpoint_url", "https://x"},
                              {"output", "json"}}));
  Profile standard;
  EXPECT_TRUE(read_profile(config, ProfileFile::config, "default", standard));
  EXPECT_EQ(standard.at("region"), "eu-west-1");
  Profile none;
  EXPECT_FALSE(read_profile(config, ProfileFile::config, "none", none));
  EXPECT_FALSE(read_profile("[profile backup]\n", ProfileFile::credentials, "backup", none))
      << "no prefix there";
}

struct ProfileFolder : testing::Test {
  const test::TempDirectory folder{"profile"};
  Map variables{{"AWS_CONFIG_FILE", (folder / "config").string()},
                {"AWS_SHARED_CREDENTIALS_FILE", (folder / "credentials").string()}};
};

TEST_F(ProfileFolder, CredentialsGoBeforeConfig) {
  test::write_file(folder / "config", "[default]\naws_access_key_id = old\nregion = eu-west-3\n");
  test::write_file(folder / "credentials", "[default]\naws_access_key_id = new\n");
  const auto profile = load_profile(variables_of(variables));
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->at("aws_access_key_id"), "new");
  EXPECT_EQ(profile->at("region"), "eu-west-3");
}

TEST_F(ProfileFolder, FilesMayBeMissingButNotANamedProfile) {
  EXPECT_TRUE(load_profile(variables_of(variables)));
  variables["AWS_PROFILE"] = "gone";
  const auto profile = load_profile(variables_of(variables));
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().code, ErrorCode::usage);
  EXPECT_NE(profile.error().message.find("gone"), std::string::npos);
}

}  // namespace
}  // namespace pgark::storage::s3
