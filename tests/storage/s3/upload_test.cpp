#include "storage/s3/upload.hpp"

#include "storage/object/xml.hpp"
#include "store_fixture.hpp"

namespace pgark::storage::s3 {
namespace {

using test::FakeS3;
using test::HttpReply;
using test::HttpRequest;

class UploadTest : public StoreFixture {
 protected:
  Result<> upload(const std::string& text, bool overwrite = false) {
    const auto place = store();
    auto sink = place->create("k", overwrite);
    if (!sink) return tl::unexpected<Error>(sink.error());
    if (auto written = write_all(**sink, text); !written) return written;
    return (*sink)->commit();
  }
  void expect_nothing_left() {
    EXPECT_FALSE(s3_.object("k"));
    EXPECT_EQ(s3_.uploads_under_way(), 0u);
  }
  void expect_whole(const std::string& text) {
    ASSERT_TRUE(s3_.object("k"));
    EXPECT_TRUE(s3_.object("k")->body == text);
    EXPECT_EQ(s3_.uploads_under_way(), 0u);
  }
};

TEST_F(UploadTest, OfLittleIsOneRequest) {
  ASSERT_TRUE(upload("hello"));
  expect_whole("hello");
  EXPECT_EQ(s3_.count("PUT"), 1u);
  EXPECT_EQ(s3_.count("POST"), 0u);
}

TEST_F(UploadTest, OfNothingIsAnEmptyObject) {
  ASSERT_TRUE(upload(""));
  expect_whole("");
}

TEST_F(UploadTest, OfMuchIsInParts) {
  const std::string text = noise(3 * kPartBytes + 12345);
  ASSERT_TRUE(upload(text));
  expect_whole(text);
  EXPECT_EQ(s3_.count("PUT", "partNumber"), 4u);
}

TEST_F(UploadTest, OfWholePartsHasNoEmptyPart) {
  const std::string text = noise(2 * kPartBytes);
  ASSERT_TRUE(upload(text));
  expect_whole(text);
  EXPECT_EQ(s3_.count("PUT", "partNumber"), 2u);
}

TEST_F(UploadTest, IsNotThereBeforeTheCommit) {
  const auto place = store();
  auto sink = place->create("k", false);
  ASSERT_TRUE(sink);
  ASSERT_TRUE(write_all(**sink, noise(2 * kPartBytes + 1)));
  EXPECT_FALSE(s3_.object("k"));
  (*sink)->discard();
  expect_nothing_left();
}

TEST_F(UploadTest, LeavesNothingWithoutACommit) {
  {
    const auto place = store();
    auto sink = place->create("k", false);
    ASSERT_TRUE(write_all(**sink, noise(3 * kPartBytes)));
    EXPECT_EQ(s3_.uploads_under_way(), 1u);
  }
  expect_nothing_left();
}

TEST_F(UploadTest, RefusesAWriteOutOfOrder) {
  const auto place = store();
  auto sink = place->create("k", false);
  ASSERT_TRUE((*sink)->write_at(0, as_bytes("abc")));
  EXPECT_EQ((*sink)->write_at(4, as_bytes("d")).error().code, ErrorCode::internal);
  EXPECT_TRUE((*sink)->sequential());
}

TEST_F(UploadTest, SendsAPartAgainAndTheOthersNot) {
  const std::string text = noise(3 * kPartBytes + 1);
  const auto second = [](const HttpRequest& request) {
    return is_part(request) && request.query.at("partNumber") == "2";
  };
  s3_.set_fault(FakeS3::first(2, second, busy()));
  ASSERT_TRUE(upload(text));
  expect_whole(text);
  EXPECT_EQ(s3_.count("PUT", "partNumber"), 6u);
}

TEST_F(UploadTest, SurvivesResetsAndErrorsOfEachRequest) {
  const std::string text = noise(2 * kPartBytes + 1);
  std::mutex mutex;
  std::map<std::string, int> seen;
  // Of every request the first is reset and the second fails.
  s3_.set_fault([&](const HttpRequest& request) -> std::optional<HttpReply> {
    const std::lock_guard lock(mutex);
    const int time = ++seen[request.method + request.target];
    if (time == 1) return HttpReply{.reset = true};
    if (time == 2) return FakeS3::error(500, "InternalError");
    return std::nullopt;
  });
  ASSERT_TRUE(upload(text));
  expect_whole(text);
}

TEST_F(UploadTest, EndsWithOneErrorAndNothingLeftWhenAPartNeverArrives) {
  variables_["AWS_MAX_ATTEMPTS"] = "3";
  s3_.set_fault(FakeS3::first(1000, is_part, busy()));
  const auto result = upload(noise(4 * kPartBytes));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::io);
  EXPECT_NE(result.error().message.find("SlowDown"), std::string::npos) << result.error().to_string();
  EXPECT_NE(result.error().message.find("after 3 attempts"), std::string::npos) << result.error().to_string();
  EXPECT_EQ(result.error().object, "s3://bucket/k");
  expect_nothing_left();
}

TEST_F(UploadTest, DoesNotTryAgainWhatIsForbidden) {
  s3_.set_fault(FakeS3::first(1000, is_part, FakeS3::error(403, "AccessDenied", "Access Denied")));
  const auto result = upload(noise(kPartBytes + 1));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::auth);
  EXPECT_TRUE(waits_.empty());
  expect_nothing_left();
}

TEST_F(UploadTest, SaysThatTheBucketHasVanished) {
  s3_.set_fault(FakeS3::first(1000, is_part,
                              FakeS3::error(404, "NoSuchBucket", "The specified bucket does not exist")));
  const auto result = upload(noise(kPartBytes + 1));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::io);
  EXPECT_NE(result.error().message.find("NoSuchBucket"), std::string::npos);
  EXPECT_FALSE(s3_.object("k"));
}

// The server has completed the upload, and its answer was lost.
TEST_F(UploadTest, KnowsItsObjectWhenTheAnswerToTheEndIsLost) {
  const std::string text = noise(kPartBytes + 1);
  const auto completes = [](const HttpRequest& request) {
    return request.method == "POST" && request.has_query("uploadId");
  };
  s3_.set_lost_answer(FakeS3::first(1, completes, {.reset = true}));
  ASSERT_TRUE(upload(text));
  expect_whole(text);
  EXPECT_EQ(s3_.count("POST", "uploadId"), 2u);
}

TEST_F(UploadTest, KnowsItsSmallObjectWhenTheAnswerIsLost) {
  const auto puts = [](const HttpRequest& request) { return request.method == "PUT"; };
  s3_.set_lost_answer(FakeS3::first(1, puts, {.reset = true}));
  ASSERT_TRUE(upload("small"));
  expect_whole("small");
}

// The answer with the id of the upload was lost: it was begun again, and the first must not stay.
TEST_F(UploadTest, RemovesAnUploadWhoseIdWasLost) {
  const auto begins = [](const HttpRequest& request) {
    return request.method == "POST" && request.has_query("uploads");
  };
  s3_.set_lost_answer(FakeS3::first(1, begins, {.reset = true}));
  const std::string text = noise(kPartBytes + 1);
  ASSERT_TRUE(upload(text));
  EXPECT_EQ(s3_.count("POST", "uploads"), 2u);
  expect_whole(text);
}

// Status 200, and an error in the body.
TEST_F(UploadTest, SeesAnErrorThatComesLate) {
  const auto completes = [](const HttpRequest& request) {
    return request.method == "POST" && request.has_query("uploadId");
  };
  HttpReply late = FakeS3::error(200, "InternalError", "We encountered an internal error.");
  s3_.set_fault(FakeS3::first(1, completes, late));
  const std::string text = noise(kPartBytes + 1);
  ASSERT_TRUE(upload(text));
  expect_whole(text);
  variables_["AWS_MAX_ATTEMPTS"] = "2";
  s3_.set_fault(FakeS3::first(1000, completes, late));
  EXPECT_FALSE(upload(text, /*overwrite=*/true));
  EXPECT_EQ(s3_.uploads_under_way(), 0u);
}

TEST_F(UploadTest, RefusesWhatIsThereAlready) {
  s3_.put("k", "precious");
  const auto result = upload("new");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::usage);
  EXPECT_EQ(s3_.object("k")->body, "precious");
  ASSERT_TRUE(upload("new", /*overwrite=*/true));
  EXPECT_EQ(s3_.object("k")->body, "new");
}

TEST_F(UploadTest, RefusesWhatHasComeMeanwhile) {
  for (const std::size_t bytes : {std::size_t{5}, kPartBytes + 1}) {
    const auto place = store();
    static_cast<void>(place->remove("k"));
    auto sink = place->create("k", false);
    ASSERT_TRUE(write_all(**sink, noise(bytes)));
    s3_.put("k", "of another");
    const auto committed = (*sink)->commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, ErrorCode::usage);
    (*sink)->discard();
    EXPECT_EQ(s3_.object("k")->body, "of another");
    EXPECT_EQ(s3_.uploads_under_way(), 0u);
  }
}

TEST_F(UploadTest, KeepsPartsOnTheirWayWithinBounds) {
  variables_["PGARK_S3_UPLOADS"] = "2";
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  s3_.set_fault([&](const HttpRequest& request) -> std::optional<HttpReply> {
    if (!is_part(request)) return std::nullopt;
    int before = most;
    const int at_work = ++now;
    while (at_work > before && !most.compare_exchange_weak(before, at_work)) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    --now;
    return std::nullopt;
  });
  ASSERT_TRUE(upload(noise(8 * kPartBytes)));
  EXPECT_LE(most, 2);
}

TEST_F(UploadTest, StopsAndCleansUpWhenTheCommandIsToEnd) {
  s3_.set_fault([&](const HttpRequest& request) -> std::optional<HttpReply> {
    if (!is_part(request)) return std::nullopt;
    stop_ = true;
    return busy();
  });
  const auto result = upload(noise(3 * kPartBytes));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::interrupted);
  expect_nothing_left();
}

TEST_F(UploadTest, CarriesTheHeadersThatWereChosen) {
  variables_["PGARK_S3_ENCRYPTION"] = "aws:kms";
  variables_["PGARK_S3_KMS_KEY"] = "alias/backup";
  variables_["PGARK_S3_LOCK_MODE"] = "COMPLIANCE";
  variables_["PGARK_S3_LOCK_DAYS"] = "30";
  variables_["PGARK_S3_STORAGE_CLASS"] = "STANDARD_IA";
  for (const std::size_t bytes : {std::size_t{5}, kPartBytes + 1}) {
    ASSERT_TRUE(upload(noise(bytes), /*overwrite=*/true));
    const auto headers = s3_.object("k")->headers;
    EXPECT_EQ(headers.at("x-amz-server-side-encryption"), "aws:kms");
    EXPECT_EQ(headers.at("x-amz-server-side-encryption-aws-kms-key-id"), "alias/backup");
    EXPECT_EQ(headers.at("x-amz-object-lock-mode"), "COMPLIANCE");
    EXPECT_EQ(headers.at("x-amz-storage-class"), "STANDARD_IA");
    const auto until = object::parse_iso_time(headers.at("x-amz-object-lock-retain-until-date"));
    ASSERT_TRUE(until);
    const auto left = *until - std::chrono::system_clock::now();
    EXPECT_GT(left, std::chrono::days(29));
    EXPECT_LE(left, std::chrono::days(30));
  }
}

TEST_F(UploadTest, HasAnEndThatItNames) {
  // As if ten thousand parts had been sent: the limit itself is tested with the settings.
  Settings settings;
  settings.parts_grow = false;
  EXPECT_EQ(object_bytes_max(settings), std::uint64_t{10'000} * settings.part_bytes);
}

}  // namespace
}  // namespace pgark::storage::s3
