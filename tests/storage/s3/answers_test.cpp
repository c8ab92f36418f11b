#include "storage/s3/answers.hpp"

#include <gtest/gtest.h>

namespace pgark::storage::s3 {
namespace {

constexpr const char* kList =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><Prefix>x%2F</Prefix>"
    "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
    "<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>"
    "<Contents><Key>x/a%20b%2Bc.pgark</Key><LastModified>2026-01-15T14:30:00.250Z</LastModified>"
    "<ETag>&quot;70ee1738b6b21e2c8a43f3a5ab0eee71&quot;</ETag><Size>1234567890123</Size></Contents>"
    "<Contents><Key>x/d</Key><LastModified>2026-01-16T00:00:00.000Z</LastModified><Size>0</Size></Contents>"
    "</ListBucketResult>";

TEST(Answers, ReadAPageOfAList) {
  const auto list = parse_list(kList);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->objects.size(), 2u);
  EXPECT_EQ(list->objects[0].key, "x/a b+c.pgark");
  EXPECT_EQ(list->objects[0].size_bytes, 1234567890123u);
  EXPECT_EQ(list->objects[0].modified, parse_iso_time("2026-01-15T14:30:00.250Z"));
  EXPECT_EQ(list->next, "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=");
}

TEST(Answers, RefuseAListThatDoesNotSayHowToGoOn) {
  std::string text = kList;
  text.replace(text.find("<NextContinuationToken>"),
               text.find("<Contents>") - text.find("<NextContinuationToken>"), "");
  ASSERT_FALSE(parse_list(text));
  EXPECT_EQ(parse_list(text).error().code, ErrorCode::protocol);
}

TEST(Answers, RefuseObjectsWithoutASize) {
  EXPECT_FALSE(
      parse_list("<ListBucketResult><Contents><Key>a</Key><Size>-1</Size>"
                 "<LastModified>2026-01-16T00:00:00Z</LastModified></Contents></ListBucketResult>"));
  EXPECT_TRUE(parse_list("<ListBucketResult></ListBucketResult>")) << "an empty bucket";
}

TEST(Answers, ReadAnError) {
  const ErrorAnswer error = parse_error(
      "<?xml version=\"1.0\"?><Error><Code>AuthorizationHeaderMalformed</Code><Message>the region is "
      "wrong</Message>"
      "<Region>eu-central-1</Region></Error>");
  EXPECT_EQ(error.code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(error.message, "the region is wrong");
  EXPECT_EQ(error.region, "eu-central-1");
  EXPECT_EQ(parse_error("<html>502 Bad Gateway</html>").code, "");
}

TEST(Answers, SurviveEveryCut) {
  const std::string text = kList;
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(parse_list(text.substr(0, length))) << length;
    parse_error(text.substr(0, length));
  }
}

TEST(Answers, SurviveEveryFlippedByte) {
  const std::string text = kList;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const int flip : {1, 0x20, 0x80}) {
      std::string flipped = text;
      flipped[at] = static_cast<char>(flipped[at] ^ flip);
      static_cast<void>(parse_list(flipped));
      parse_error(flipped);
    }
  }
}

// The parser recurses: a hostile server must not be able to exhaust the stack.
TEST(Answers, RefuseWhatIsNestedTooDeeply) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "<a>";
  for (int i = 0; i < 200'000; ++i) text += "</a>";
  EXPECT_FALSE(parse_list(text));
  EXPECT_EQ(parse_error(text).code, "");
}

TEST(Answers, ReadUploads) {
  EXPECT_EQ(parse_created_upload("<InitiateMultipartUploadResult><UploadId>VXBsb2Fk</UploadId>"
                                 "</InitiateMultipartUploadResult>"),
            "VXBsb2Fk");
  EXPECT_FALSE(parse_created_upload("<InitiateMultipartUploadResult/>"));
  const auto uploads = parse_uploads(
      "<ListMultipartUploadsResult><Upload><Key>k</Key><UploadId>u</UploadId>"
      "<Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload></ListMultipartUploadsResult>");
  ASSERT_TRUE(uploads);
  ASSERT_EQ(uploads->size(), 1u);
  EXPECT_EQ((*uploads)[0].id, "u");
}

TEST(Answers, WriteTheBodyThatCompletesAnUpload) {
  EXPECT_EQ(completion_body({{2, "b"}, {1, "\"a<&\""}}),
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Part><PartNumber>1</PartNumber><ETag>&quot;a&lt;&amp;&quot;</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>b</ETag></Part></CompleteMultipartUpload>");
}

TEST(IsoTime, IsReadWithAndWithoutFractions) {
  const auto whole = parse_iso_time("1994-11-06T08:49:37Z");
  ASSERT_TRUE(whole);
  EXPECT_EQ(std::chrono::system_clock::to_time_t(*whole), 784111777);
  EXPECT_EQ(parse_iso_time("1994-11-06T08:49:37.120Z"), *whole + std::chrono::milliseconds(120));
  for (const char* text :
       {"", "1994-11-06", "1994-11-06T08:49:37", "1994-13-06T08:49:37Z", "1994-11-06T24:49:37Z",
        "1994-11-06 08:49:37Z", "xxxx-11-06T08:49:37Z", "3026-11-06T08:49:37Z"})
    EXPECT_FALSE(parse_iso_time(text)) << text;
}

}  // namespace
}  // namespace pgark::storage::s3
