// Against the vectors that Amazon publishes: the examples of the S3 API Reference ("Signature Calculations
// for the Authorization Header") and the test suite of Signature Version 4.
#include "storage/s3/signature.hpp"

#include <gtest/gtest.h>

#include "storage/http/endpoint.hpp"
#include "storage/object/digest.hpp"
#include "storage/s3/answers.hpp"

namespace pgark::storage::s3 {
namespace {

using object::base64;
using object::hex;
using object::hmac_sha256;
using object::md5;
using object::sha256_hex;

std::string signature_of(const std::string& authorization) {
  return authorization.substr(authorization.find("Signature=") + 10);
}

struct S3Example : testing::Test {
  const Keys keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", {}};
  const Scope scope{"us-east-1", "s3", parse_iso_time("2013-05-24T00:00:00Z").value()};

  ToSign request(std::string method, std::string path, Query query = {}, std::string body = {}) {
    const std::string hash = sha256_hex(body);
    return {std::move(method),
            std::move(path),
            std::move(query),
            {{"Host", "examplebucket.s3.amazonaws.com"},
             {"x-amz-content-sha256", hash},
             {"x-amz-date", "20130524T000000Z"}},
            hash};
  }
};

TEST_F(S3Example, GetObject) {
  ToSign get = request("GET", "/test.txt");
  get.headers.push_back({"Range", "bytes=0-9"});
  EXPECT_EQ(authorization(get, keys, scope),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_F(S3Example, PutObject) {
  ToSign put = request("PUT", "/" + http::percent_encode("test$file.text"), {}, "Welcome to Amazon S3.");
  put.headers.push_back({"Date", "Fri, 24 May 2013 00:00:00 GMT"});
  put.headers.push_back({"x-amz-storage-class", "REDUCED_REDUNDANCY"});
  EXPECT_EQ(signature_of(authorization(put, keys, scope)),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_F(S3Example, GetBucketLifecycle) {
  EXPECT_EQ(signature_of(authorization(request("GET", "/", {{"lifecycle", ""}}), keys, scope)),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST_F(S3Example, ListObjects) {
  EXPECT_EQ(
      signature_of(authorization(request("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}), keys, scope)),
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

struct Suite : testing::Test {
  const Keys keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}};
  const Scope scope{"us-east-1", "service", parse_iso_time("2015-08-30T12:36:00Z").value()};

  static ToSign request(std::string path = "/", Query query = {}, std::vector<http::Header> more = {}) {
    ToSign get{"GET", std::move(path), std::move(query), {{"Host", "example.amazonaws.com"}}, sha256_hex("")};
    get.headers.insert(get.headers.end(), more.begin(), more.end());
    get.headers.push_back({"X-Amz-Date", "20150830T123600Z"});
    return get;
  }
  std::string sign(const ToSign& request) const { return signature_of(authorization(request, keys, scope)); }
};

TEST_F(Suite, GetVanilla) {
  EXPECT_EQ(sign(request()), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_F(Suite, PostVanilla) {
  ToSign post = request();
  post.method = "POST";
  EXPECT_EQ(sign(post), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

TEST_F(Suite, GetVanillaQueryOrderKeyCase) {
  EXPECT_EQ(sign(request("/", {{"Param2", "value2"}, {"Param1", "value1"}})),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST_F(Suite, GetVanillaUtf8Query) {
  EXPECT_EQ(sign(request("/", {{"\xe1\x88\xb4", "bar"}})),
            "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04");
}

TEST_F(Suite, GetVanillaQueryUnreserved) {
  const std::string all = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  EXPECT_EQ(sign(request("/", {{all, all}})),
            "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197");
}

TEST_F(Suite, GetUtf8) {
  EXPECT_EQ(sign(request("/" + http::percent_encode("\xe1\x88\xb4"))),
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
}

TEST_F(Suite, GetSpace) {
  EXPECT_EQ(sign(request(http::percent_encode("/example space/", true))),
            "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741");
}

TEST_F(Suite, GetHeaderKeyDuplicate) {
  EXPECT_EQ(
      sign(request("/", {}, {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}})),
      "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea");
}

TEST_F(Suite, GetHeaderValueTrim) {
  EXPECT_EQ(sign(request("/", {}, {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}})),
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
}

TEST_F(Suite, GetVanillaWithSessionToken) {
  EXPECT_EQ(sign(request("/", {},
                         {{"X-Amz-Security-Token",
                           "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"}})),
            "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
}

TEST_F(Suite, PostFormWithABody) {
  ToSign post =
      request("/", {},
              {{"Content-Type", "application/x-www-form-urlencoded"},
               {"Content-Length", "13"},
               {"x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}});
  post.method = "POST";
  post.payload_hash = sha256_hex("Param1=value1");
  EXPECT_EQ(sign(post), "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b");
}

TEST(CanonicalQuery, SortsByNameAndNotByThePair) {
  EXPECT_EQ(canonical_query({{"a-b", "1"}, {"a", "2"}, {"a", "1"}}), "a=1&a=2&a-b=1");
}

TEST(AmzDate, IsOfUtc) {
  EXPECT_EQ(amz_date(parse_iso_time("2026-02-28T23:59:59.999Z").value()), "20260228T235959Z");
}

TEST(Digest, KnowsPublishedValues) {
  EXPECT_EQ(sha256_hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
  EXPECT_EQ(hex(md5(as_bytes("abc"))), "900150983cd24fb0d6963f7d28e17f72");       // RFC 1321
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),             // RFC 4231
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");  // RFC 4648
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64(""), "");
}

}  // namespace
}  // namespace pgark::storage::s3
