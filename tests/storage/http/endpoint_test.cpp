#include "storage/http/endpoint.hpp"

#include <gtest/gtest.h>

namespace pgark::storage::http {
namespace {

TEST(Endpoint, ReadsHostPortAndPath) {
  const auto endpoint = parse_endpoint("http://minio.local:9000/s3/");
  ASSERT_TRUE(endpoint);
  EXPECT_FALSE(endpoint->tls);
  EXPECT_EQ(endpoint->host, "minio.local");
  EXPECT_EQ(endpoint->port, 9000);
  EXPECT_EQ(endpoint->path, "/s3");
  EXPECT_EQ(endpoint->host_header(), "minio.local:9000");
}

TEST(Endpoint, LeavesTheUsualPortOutOfTheHostHeader) {
  EXPECT_EQ(parse_endpoint("https://example.com")->host_header(), "example.com");
  EXPECT_EQ(parse_endpoint("https://example.com:443")->host_header(), "example.com");
  EXPECT_EQ(parse_endpoint("http://example.com:443")->host_header(), "example.com:443");
}

TEST(Endpoint, ReadsAddressesOfSixteenBytes) {
  const auto endpoint = parse_endpoint("https://[::1]:8443");
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->host, "::1");
  EXPECT_EQ(endpoint->to_string(), "https://[::1]:8443");
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const char* url :
       {"", "example.com", "ftp://example.com", "https://", "https://:443", "https://a:0", "https://a:65536",
        "https://a:1x", "https://a b", "https://[::1", "https://a/b?c", "https://a/b#c", "https://a\r\nb"}) {
    const auto endpoint = parse_endpoint(url);
    ASSERT_FALSE(endpoint) << url;
    EXPECT_EQ(endpoint.error().code, ErrorCode::usage) << url;
  }
}

TEST(Endpoint, DoesNotQuoteAPassword) {
  const auto endpoint = parse_endpoint("https://user:secret@example.com");
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().to_string().find("secret"), std::string::npos);
}

TEST(PercentEncode, KeepsOnlyWhatIsUnreserved) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b/c+\xc3\xa4"), "a%20b%2Fc%2B%C3%A4");
  EXPECT_EQ(percent_encode("a b/c", /*keep_slash=*/true), "a%20b/c");
}

}  // namespace
}  // namespace pgark::storage::http
