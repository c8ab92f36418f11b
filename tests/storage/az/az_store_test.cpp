// What does not need a server; the rest is tested with Azurite (tests/integration/azure_storage_test.cpp).
#include "storage/az/az_store.hpp"

#include <gtest/gtest.h>

#include <map>

#include "storage/az/dialect.hpp"
#include "storage/object/digest.hpp"

namespace pgark::storage::az {
namespace {

using Map = std::map<std::string, std::string>;

Result<Settings> settings_of(Map map, const std::string& container = "backups") {
  return make_settings(container,
                       [map = std::move(map)](const std::string& name) -> std::optional<std::string> {
                         const auto found = map.find(name);
                         return found == map.end() ? std::nullopt : std::optional(found->second);
                       });
}

// The examples of "Authorize with Shared Key".
TEST(AzSignature, IsOverWhatMicrosoftPublishes) {
  EXPECT_EQ(
      string_to_sign("myaccount", "GET", "/mycontainer",
                     {{"restype", "container"}, {"comp", "metadata"}, {"timeout", "20"}},
                     {{"x-ms-version", "2015-02-21"}, {"x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"}}, 0),
      "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
      "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20");
}

TEST(AzSignature, HasTheLengthOfABodyAndTheHeadersOfTheStandard) {
  EXPECT_EQ(string_to_sign("a", "PUT", "/c/b", {},
                           {{"Content-MD5", "m"}, {"Range", "bytes=0-9"}, {"If-Match", "e"}}, 7),
            "PUT\n\n\n7\nm\n\n\n\ne\n\n\nbytes=0-9\n/a/c/b");
}

TEST(AzSettings, TakeAccountAndKey) {
  const auto settings = settings_of({{"AZURE_STORAGE_ACCOUNT", "shop"}, {"AZURE_STORAGE_KEY", "c2VjcmV0"}});
  ASSERT_TRUE(settings) << settings.error().to_string();
  EXPECT_EQ(settings->endpoint.to_string(), "https://shop.blob.core.windows.net");
  EXPECT_EQ(settings->account_key, "secret");
}

TEST(AzSettings, TakeAConnectionString) {
  const auto settings =
      settings_of({{"AZURE_STORAGE_CONNECTION_STRING",
                    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c2VjcmV0PT0=;"
                    "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;"}});
  ASSERT_TRUE(settings) << settings.error().to_string();
  EXPECT_EQ(settings->endpoint.path, "/devstoreaccount1");
  EXPECT_EQ(settings->account_key, "secret==");
}

TEST(AzSettings, TakeATokenWithOrWithoutItsMark) {
  for (const char* token : {"?sv=2021&sig=abc%3D", "sv=2021&sig=abc%3D"}) {
    const auto settings =
        settings_of({{"AZURE_STORAGE_ACCOUNT", "shop"}, {"AZURE_STORAGE_SAS_TOKEN", token}});
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->sas_token, "sv=2021&sig=abc%3D");
    AzDialect dialect(*settings);
    std::string used;
    object::Operation operation;
    operation.key = "a b";
    operation.query = {{"comp", "block"}};
    const auto request = dialect.prepare(operation, {}, {}, used);
    EXPECT_EQ(request->target, "/backups/a%20b?comp=block&sv=2021&sig=abc%3D");
    EXPECT_FALSE(http::find_header(request->headers, "Authorization"));
  }
}

TEST(AzSettings, RefuseWhatMakesNoSenseAndPrintNothingOfIt) {
  const Map good{{"AZURE_STORAGE_ACCOUNT", "shop"}, {"AZURE_STORAGE_KEY", "c2VjcmV0"}};
  for (const auto& [name, value] : Map{{"AZURE_STORAGE_ACCOUNT", "shop/../x"},
                                       {"AZURE_STORAGE_KEY", "no!base64"},
                                       {"PGARK_AZ_BLOCK_SIZE", "12"},
                                       {"PGARK_AZ_UPLOADS", "0"},
                                       {"AZURE_STORAGE_SERVICE_ENDPOINT", "blob.local"}}) {
    Map variables = good;
    variables[name] = value;
    const auto settings = settings_of(variables);
    ASSERT_FALSE(settings) << name;
    EXPECT_EQ(settings.error().code, ErrorCode::usage) << name;
    EXPECT_EQ(settings.error().to_string().find(value), std::string::npos) << name;
  }
  EXPECT_EQ(settings_of(good, "Not_a_container").error().code, ErrorCode::usage);
  EXPECT_EQ(settings_of({}).error().code, ErrorCode::auth);
  EXPECT_EQ(settings_of({{"AZURE_STORAGE_ACCOUNT", "shop"}}).error().code, ErrorCode::auth);
}

TEST(AzBlocks, GrowSoThatABlobMayBeLarge) {
  const Settings settings;
  EXPECT_EQ(block_bytes_of(settings, 10'000), std::uint64_t{16} << 20);
  EXPECT_EQ(block_bytes_of(settings, 10'001), std::uint64_t{32} << 20);
  EXPECT_EQ(block_bytes_of(settings, 50'000), std::uint64_t{80} << 20);
  EXPECT_EQ(block_bytes_of(settings, 50'001), 0u);
  EXPECT_GT(blob_bytes_max(settings), std::uint64_t{2} << 40);
}

TEST(AzList, IsReadPageByPage) {
  const auto page = parse_list(
      "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs><Blob><Name>a/b "
      "&amp; c</Name>"
      "<Properties><Last-Modified>Sun, 06 Nov 1994 08:49:37 "
      "GMT</Last-Modified><Content-Length>12</Content-Length>"
      "</Properties></Blob></Blobs><NextMarker>2!8</NextMarker></EnumerationResults>");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "a/b & c");
  EXPECT_EQ(page->objects[0].size_bytes, 12u);
  EXPECT_EQ(page->next, "2!8");
  EXPECT_FALSE(parse_list("<html/>"));
  EXPECT_TRUE(parse_list("<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"));
}

TEST(Base64, GoesBackAndForth) {
  for (const std::string text : {"", "f", "fo", "foo", "foob"})
    EXPECT_EQ(object::from_base64(object::base64(text)), text);
  EXPECT_FALSE(object::from_base64("abc"));
  EXPECT_FALSE(object::from_base64("ab!="));
}

}  // namespace
}  // namespace pgark::storage::az
