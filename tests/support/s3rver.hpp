// A real server of S3 that tests start: s3rver from npm, which checks every signature. And a proxy in front
// of it, which counts what goes through, breaks what it is told to break, and does for s3rver what that
// cannot: it removes and lists uploads.
//
// Make them on the main thread. Failures to start throw std::runtime_error, also where npm cannot be reached.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/http/client.hpp"
#include "support/certificates.hpp"
#include "support/http_server.hpp"
#include "support/process.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

class S3rver {
 public:
  static constexpr const char* kBucket = "backups";
  static constexpr const char* kKey = "S3RVER";  // the secret key is the same

  // With a certificate for 127.0.0.1 of an authority of its own when `tls`.
  explicit S3rver(bool tls = false);

  std::string url() const;
  std::string ca_file() const { return (folder_ / "ca.pem").string(); }
  // What a client needs in its environment. Nothing of the one who runs the tests gets in.
  std::vector<std::pair<std::string, std::string>> environment(const std::string& endpoint) const;

  std::optional<std::string> object(const std::string& key) const;
  std::vector<std::string> keys() const;
  std::vector<std::string> uploads() const;  // ids of those under way
  void remove_bucket() const;
  void make_bucket() const;  // again, empty

 private:
  std::filesystem::path bucket_folder() const { return folder_.path() / "data" / kBucket; }

  const TempDirectory folder_{"s3rver"};
  const bool tls_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> server_;
};

class S3Proxy {
 public:
  using Fault = std::function<std::optional<HttpReply>(const HttpRequest&)>;

  explicit S3Proxy(const S3rver& server);

  std::string url() const { return front_.url(); }
  // Instead of passing the request on; nothing: no fault.
  void set_fault(Fault fault);
  void set_answer_fault(std::function<void(const HttpRequest&, HttpReply&)> fault);  // of what comes back
  std::uint64_t bytes_read() const { return bytes_read_; }                           // in answers to GET
  int requests() const { return requests_; }
  void forget();

 private:
  HttpReply handle(const HttpRequest& request);
  HttpReply pass_on(const HttpRequest& request);

  const storage::http::Endpoint back_;
  storage::http::Client client_;
  std::atomic<std::uint64_t> bytes_read_ = 0;
  std::atomic<int> requests_ = 0;
  std::mutex mutex_;  // guards what follows
  Fault fault_;
  std::function<void(const HttpRequest&, HttpReply&)> answer_fault_;
  HttpServer front_;  // last: its threads use the members above
};

}  // namespace pgark::test
