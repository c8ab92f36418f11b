// A store of S3 in memory, with what tests need of it: objects, ranges, lists in pages, uploads in parts,
// conditional writes. It looks at no signature (the tests against s3rver do). Faults come before a request is
// carried out, or after it, when only the answer is lost. Thread safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/http_server.hpp"

namespace pgark::test {

class FakeS3 {
 public:
  using Fault = std::function<std::optional<HttpReply>(const HttpRequest&)>;

  explicit FakeS3(std::string bucket = "bucket") : bucket_(std::move(bucket)) {}

  HttpReply handle(const HttpRequest& request);  // for HttpServer

  struct Object {
    std::string body, etag;
    std::map<std::string, std::string> headers;  // that came with it
  };
  void put(const std::string& key, std::string body);
  std::optional<Object> object(const std::string& key) const;
  std::size_t uploads_under_way() const;
  std::vector<HttpRequest> requests() const;  // without their bodies
  std::size_t count(const std::string& method, const std::string& query = {}) const;
  std::uint64_t bytes_sent() const;  // of objects
  void forget_requests();

  // Instead of carrying the request out.
  void set_fault(Fault fault);
  // Instead of the answer, when it has been carried out.
  void set_lost_answer(Fault fault);
  void set_page_keys(std::size_t keys);
  // When lists say that uploads began; else in a distant future.
  void set_uploads_begun(std::string time);

  static HttpReply error(int status, const std::string& code, const std::string& message = "because");
  // The same fault for the first `times` requests that `matches` accepts.
  static Fault first(int times, std::function<bool(const HttpRequest&)> matches, HttpReply reply);

 private:
  struct UploadUnderWay {
    std::string key;
    std::map<int, std::string> parts;
    std::map<std::string, std::string> headers;
  };
  HttpReply carry_out(const HttpRequest& request);
  HttpReply on_bucket(const HttpRequest& request);
  HttpReply on_upload(const HttpRequest& request, const std::string& key);
  HttpReply complete(const HttpRequest& request, const std::string& key);
  HttpReply get(const HttpRequest& request, const std::string& key);
  HttpReply list(const HttpRequest& request) const;
  bool refuses(const HttpRequest& request, const std::string& key) const;

  const std::string bucket_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Object> objects_;
  std::map<std::string, UploadUnderWay> uploads_;
  std::vector<HttpRequest> requests_;
  std::uint64_t bytes_sent_ = 0;
  int next_upload_ = 1;
  std::size_t page_keys_ = 1000;
  std::string uploads_begun_ = "2099-01-01T00:00:00.000Z";
  Fault fault_, lost_answer_;
};

}  // namespace pgark::test
