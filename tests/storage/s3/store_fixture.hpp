// A store over a server in memory, in which waiting takes no time.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/s3/dialect.hpp"
#include "storage/s3/s3_store.hpp"
#include "support/fake_s3.hpp"
#include "support/http_server.hpp"

namespace pgark::storage::s3 {

inline constexpr const char* kSecretKey = "do-not-print-me";

class StoreFixture : public testing::Test {
 protected:
  test::FakeS3 s3_;
  test::HttpServer server_{[this](const test::HttpRequest& request) { return s3_.handle(request); }};
  std::map<std::string, std::string> variables_{{"AWS_ENDPOINT_URL", server_.url()},
                                                {"AWS_ACCESS_KEY_ID", "AK"},
                                                {"AWS_SECRET_ACCESS_KEY", kSecretKey},
                                                {"PGARK_S3_PART_SIZE", "5242880"}};
  std::atomic<bool> stop_{false};
  std::chrono::milliseconds clock_wrong_by_{0};
  std::mutex mutex_;
  std::vector<std::chrono::milliseconds> waits_;

  std::unique_ptr<S3Store> store(const std::string& root = "") {
    const Variables lookup = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    object::World world;
    world.now = [this] { return std::chrono::system_clock::now() + clock_wrong_by_; };
    world.random = [] { return 0.5; };
    world.wait = [this](std::chrono::milliseconds time) {
      const std::lock_guard lock(mutex_);
      waits_.push_back(time);
    };
    world.stop = [this] { return stop_.load(); };
    const Settings settings = make_settings({"s3", "bucket", ""}, lookup, {}).value();
    return std::make_unique<S3Store>(connect(settings, lookup, {}, world).value(), settings, root);
  }

  static std::string noise(std::size_t bytes) {
    std::string text(bytes, '\0');
    std::uint64_t state = 88172645463325252u;
    for (char& c : text) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      c = static_cast<char>(state);
    }
    return text;
  }

  // One write after the other, of sizes that meet no limit of a part.
  static Result<> write_all(format::Sink& sink, const std::string& text) {
    constexpr std::size_t kPiece = 777'777;
    for (std::size_t at = 0; at < text.size(); at += kPiece) {
      const std::string_view piece = std::string_view(text).substr(at, kPiece);
      if (auto written = sink.write_at(at, as_bytes(piece)); !written) return written;
    }
    return {};
  }

  static test::HttpReply busy() {
    return test::FakeS3::error(503, "SlowDown", "Please reduce your request rate.");
  }
  static bool is_part(const test::HttpRequest& request) { return request.has_query("partNumber"); }
};

inline constexpr std::size_t kPartBytes = std::size_t{5} << 20;

}  // namespace pgark::storage::s3
