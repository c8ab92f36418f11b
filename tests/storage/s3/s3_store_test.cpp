#include "storage/s3/s3_store.hpp"

#include "storage/store_folder.hpp"
#include "store_fixture.hpp"

namespace pgark::storage::s3 {
namespace {

using namespace std::chrono_literals;
using test::FakeS3;
using test::HttpReply;
using test::HttpRequest;

class S3StoreTest : public StoreFixture {
 protected:
  static std::string read(const format::Source& source, std::uint64_t offset, std::size_t bytes) {
    std::string text(bytes, '\0');
    const auto done = source.read_at(offset, {reinterpret_cast<std::byte*>(text.data()), bytes});
    return done ? text : done.error().to_string();
  }
};

TEST_F(S3StoreTest, ListsPageByPage) {
  s3_.set_page_keys(3);
  for (int i = 0; i < 10; ++i)
    s3_.put("night/" + std::to_string(i) + " & +%", std::string(static_cast<std::size_t>(i), 'x'));
  s3_.put("other", "x");
  const auto objects = store("night/")->list("");
  ASSERT_TRUE(objects) << objects.error().to_string();
  ASSERT_EQ(objects->size(), 10u);
  EXPECT_EQ((*objects)[7].key, "7 & +%");
  EXPECT_EQ((*objects)[7].size_bytes, 7u);
  EXPECT_EQ(s3_.requests().size(), 4u);
  EXPECT_TRUE(store()->list("none/")->empty());
}

TEST_F(S3StoreTest, KeepsSmallObjects) {
  const auto place = store("root/");
  ASSERT_TRUE(place->write_small("side.json", "{}"));
  EXPECT_EQ(s3_.object("root/side.json")->body, "{}");
  EXPECT_EQ(place->read_small("side.json", 2), "{}");
  EXPECT_FALSE(place->read_small("side.json", 1)) << "larger than the caller takes";
  ASSERT_TRUE(place->remove("side.json"));
  ASSERT_TRUE(place->remove("side.json")) << "what is not there is no error";
  EXPECT_EQ(place->read_small("side.json", 9).error().code, ErrorCode::io);
  EXPECT_EQ(place->name("x"), "s3://bucket/root/x");
}

// Of a run that was killed: its parts cost money, and nobody sees them.
TEST_F(S3StoreTest, OldUploadsAreLeftovers) {
  const auto place = store("root/");
  for (const char* key : {"root/a_1", "root/a_1", "root/a_12", "root/b"})
    s3_.handle({"POST", {}, "/bucket/" + std::string(key), {{"uploads", ""}}, {{"authorization", "x"}}, {}});
  ASSERT_EQ(s3_.uploads_under_way(), 4u);
  EXPECT_TRUE(place->list_unfinished("a_")->empty()) << "somebody may be at it";
  EXPECT_EQ(place->remove_unfinished("a_1"), false);
  s3_.set_uploads_begun("2020-01-01T00:00:00.000Z");
  EXPECT_EQ(*place->list_unfinished("a_"), (std::vector<std::string>{"a_1", "a_12"}));
  EXPECT_EQ(place->remove_unfinished("a_1"), true);
  EXPECT_EQ(s3_.uploads_under_way(), 2u);
  s3_.set_fault([](const HttpRequest&) { return FakeS3::error(403, "AccessDenied"); });
  EXPECT_TRUE(place->list_unfinished("a_")->empty()) << "a key may lack the right";
}

TEST_F(S3StoreTest, ReadsRanges) {
  const std::string text = noise(10'000'000);
  s3_.put("k", text);
  const auto source = store()->open("k");
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ((*source)->size(), text.size());
  for (const auto& [offset, bytes] : std::vector<std::pair<std::size_t, std::size_t>>{{0, 32},
                                                                                      {9'999'990, 10},
                                                                                      {5'000'000, 3'000'000},
                                                                                      {1'234'567, 100'000},
                                                                                      {0, 10'000'000},
                                                                                      {70'000, 1},
                                                                                      {4, 0}})
    EXPECT_TRUE(read(**source, offset, bytes) == text.substr(offset, bytes)) << offset << " " << bytes;
  EXPECT_NE(read(**source, 9'999'999, 2).find("ends early"), std::string::npos);
}

TEST_F(S3StoreTest, ReadsLargeRangesWithoutAnythingAround) {
  s3_.put("k", noise(10'000'000));
  const auto source = store()->open("k");
  s3_.forget_requests();
  read(**source, 3'000'000, 2'000'000);
  EXPECT_EQ(s3_.requests().size(), 1u);
  EXPECT_EQ(s3_.bytes_sent(), 2'000'000u);
}

TEST_F(S3StoreTest, ReadsAheadOfSmallReadsInOrder) {
  const std::string text = noise(10'000'000);
  s3_.put("k", text);
  const auto source = store()->open("k");
  std::string back;
  for (std::size_t at = 0; at < text.size(); at += 10'000) back += read(**source, at, 10'000);
  EXPECT_TRUE(back == text);
  EXPECT_LT(s3_.requests().size(), 12u) << "a thousand reads";
  EXPECT_LE(s3_.bytes_sent(), text.size() + object::ReadAhead::kLongestBytes);
}

TEST_F(S3StoreTest, ReadsLittleAheadOfASingleSmallRead) {
  s3_.put("k", noise(10'000'000));
  const auto source = store()->open("k");
  s3_.forget_requests();
  read(**source, 5'000'000, 64);
  EXPECT_LE(s3_.bytes_sent(), object::ReadAhead::kFirstBytes);
}

TEST_F(S3StoreTest, ReadsTheEndWithTheTrailer) {
  s3_.put("k", noise(10'000'000));
  const auto source = store()->open("k");
  s3_.forget_requests();
  read(**source, 9'999'936, 64);
  read(**source, 9'960'000, 30'000);
  EXPECT_EQ(s3_.requests().size(), 1u) << "what the trailer points to came with it";
}

TEST_F(S3StoreTest, GoesOnWhereAnAnswerWasCut) {
  const std::string text = noise(3'000'000);
  s3_.put("k", text);
  const auto source = store()->open("k");
  s3_.forget_requests();
  // Each answer brings a third of what it should.
  s3_.set_lost_answer([&](const HttpRequest& request) -> std::optional<HttpReply> {
    const std::string range = request.header("range");
    const std::size_t first = std::stoull(range.substr(6));
    if (first >= 2'900'000) return std::nullopt;
    HttpReply reply{.status = 206, .body = text.substr(first)};
    reply.headers = {{"Content-Range", "bytes " + std::to_string(first) + "-2999999/3000000"}};
    reply.cut_after = reply.body.size() / 3;
    return reply;
  });
  EXPECT_TRUE(read(**source, 0, text.size()) == text);
  EXPECT_GT(s3_.requests().size(), 5u);
}

TEST_F(S3StoreTest, RefusesAnotherPartThanItAskedFor) {
  s3_.put("k", noise(1'000'000));
  const auto source = store()->open("k");
  s3_.set_fault([](const HttpRequest&) {
    return HttpReply{.status = 206,
                     .headers = {{"Content-Range", "bytes 0-299999/1000000"}},
                     .body = std::string(300'000, 'x')};
  });
  EXPECT_NE(read(**source, 500'000, 300'000).find("another part"), std::string::npos);
}

TEST_F(S3StoreTest, SaysThatAnObjectWasReplacedWhileItWasRead) {
  s3_.put("k", noise(1'000'000));
  const auto source = store()->open("k");
  s3_.put("k", "another");
  EXPECT_NE(read(**source, 500'000, 300'000).find("replaced"), std::string::npos);
}

TEST_F(S3StoreTest, SaysThatThereIsNoSuchObject) {
  const auto source = store()->open("none");
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, ErrorCode::io);
  EXPECT_NE(source.error().to_string().find("s3://bucket/none"), std::string::npos);
  EXPECT_TRUE(waits_.empty());
}

TEST_F(S3StoreTest, OpensAnEmptyObject) {
  s3_.put("k", "");
  const auto source = store()->open("k");
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->size(), 0u);
}

TEST_F(S3StoreTest, WaitsAsTheServerAsks) {
  s3_.put("k", "x");
  HttpReply reply = busy();
  reply.headers = {{"Retry-After", "7"}};
  s3_.set_fault(FakeS3::first(
      1, [](const HttpRequest&) { return true; }, reply));
  ASSERT_TRUE(store()->read_small("k", 9));
  EXPECT_EQ(waits_, std::vector<std::chrono::milliseconds>{7s});
}

TEST_F(S3StoreTest, TakesTheTimeOfTheServerWhenItsOwnIsWrong) {
  s3_.put("k", "x");
  clock_wrong_by_ = -2h;
  s3_.set_fault([](const HttpRequest& request) -> std::optional<HttpReply> {
    const std::string day_and_time = amz_date(std::chrono::system_clock::now());
    const std::string sent = request.header("x-amz-date");
    if (sent.substr(0, 11) == day_and_time.substr(0, 11)) return std::nullopt;  // to the hour
    HttpReply reply = FakeS3::error(403, "RequestTimeTooSkewed");
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    char text[64];
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    reply.headers = {{"Date", text}};
    return reply;
  });
  const auto place = store();
  EXPECT_EQ(place->read_small("k", 9), "x");
  s3_.forget_requests();
  EXPECT_EQ(place->read_small("k", 9), "x");
  EXPECT_EQ(s3_.requests().size(), 1u) << "the next request is signed with the right time at once";
}

TEST_F(S3StoreTest, SaysThatItsClockIsWrongWhenTheServerDoesNotTellTheTime) {
  s3_.set_fault([](const HttpRequest&) {
    return FakeS3::error(403, "RequestTimeTooSkewed", "The difference is too large.");
  });
  const auto text = store()->read_small("k", 9);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::auth);
  EXPECT_NE(text.error().hint.find("clock"), std::string::npos);
}

TEST_F(S3StoreTest, SaysThatItsKeysHaveExpired) {
  s3_.set_fault([](const HttpRequest&) {
    return FakeS3::error(400, "ExpiredToken", "The provided token has expired.");
  });
  const auto text = store()->read_small("k", 9);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::auth);
  EXPECT_NE(text.error().hint.find("expired"), std::string::npos);
  EXPECT_EQ(s3_.requests().size(), 1u) << "there are no others to be had";
}

TEST_F(S3StoreTest, NamesTheRegionOfABucketThatIsElsewhere) {
  HttpReply reply = FakeS3::error(301, "PermanentRedirect");
  reply.headers = {{"x-amz-bucket-region", "ap-south-1"}};
  s3_.set_fault([reply](const HttpRequest&) { return reply; });
  EXPECT_NE(store()->list("").error().hint.find("ap-south-1"), std::string::npos);
}

TEST_F(S3StoreTest, NeverPrintsTheSecret) {
  const auto in = [](const Error& error) {
    return (error.to_string() + error.hint).find(kSecretKey) != std::string::npos;
  };
  s3_.set_fault(
      [](const HttpRequest&) { return FakeS3::error(403, "SignatureDoesNotMatch", "check your key"); });
  EXPECT_FALSE(in(store()->list("").error()));
  for (const HttpRequest& request : s3_.requests()) {
    for (const auto& [name, value] : request.headers) EXPECT_EQ(value.find(kSecretKey), std::string::npos);
    EXPECT_EQ(request.target.find(kSecretKey), std::string::npos);
  }
}

TEST_F(S3StoreTest, TriesAgainWhenNobodyListensAndEndsWithOneError) {
  variables_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
  variables_["AWS_MAX_ATTEMPTS"] = "4";
  const auto list = store()->list("");
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, ErrorCode::connect);
  EXPECT_EQ(waits_.size(), 3u);
}

TEST_F(S3StoreTest, FoldersComeAndGoAsAWhole) {
  std::shared_ptr<Store> place = store();
  {
    auto folder = StoreFolderSink::create(place, "a", false);
    ASSERT_TRUE(folder);
    auto pack = (*folder)->create("pack-000001");
    ASSERT_TRUE((*pack)->write_at(0, as_bytes("pack")));
    ASSERT_TRUE((*pack)->commit());
    EXPECT_TRUE(s3_.object("a/pack-000001"));
    pack->reset();
    EXPECT_FALSE(StoreFolderSource::open_folder(place, "a")) << "without its table of contents";
    EXPECT_EQ(StoreFolderSink::create(place, "a", false).error().code, ErrorCode::usage)
        << "somebody is at it";
  }
  EXPECT_FALSE(s3_.object("a/pack-000001")) << "not committed: gone";
  {
    auto folder = StoreFolderSink::create(place, "a", false);
    auto toc = (*folder)->create("archive.toc");
    ASSERT_TRUE((*toc)->write_at(0, as_bytes("toc")));
    ASSERT_TRUE((*toc)->commit());
    toc->reset();
    ASSERT_TRUE((*folder)->commit());
  }
  EXPECT_TRUE(s3_.object("a/archive.toc"));
  EXPECT_EQ(StoreFolderSink::create(place, "a", true).error().code, ErrorCode::usage) << "never replaced";
  const auto folder = StoreFolderSource::open_folder(place, "a");
  ASSERT_TRUE(folder);
  EXPECT_EQ(read(**(*folder)->open("archive.toc"), 0, 3), "toc");
}

}  // namespace
}  // namespace pgark::storage::s3
