#include "support/s3rver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "storage/http/endpoint.hpp"
#include "support/azurite.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;
namespace http = storage::http;

constexpr int kStartTimeoutMs = 60'000;
constexpr std::string_view kObjectSuffix = "._S3rver_object";
constexpr std::string_view kUploads = "._S3rver_uploads";
constexpr std::uint64_t kAnswerBytesMax = std::uint64_t{1} << 30;

// It says where it listens when it does.
std::uint16_t port_of(Process& server) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartTimeoutMs);
  while (std::chrono::steady_clock::now() < deadline && server.running()) {
    const std::string said = server.output_so_far();
    const std::size_t at = said.find("listening on 127.0.0.1:");
    if (at != std::string::npos && said.find('\n', at) != std::string::npos)
      return static_cast<std::uint16_t>(std::stoi(said.substr(said.find(':', at) + 1)));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("s3rver does not start: " + server.output_so_far() + server.errors_so_far());
}

}  // namespace

S3rver::S3rver(bool tls) : tls_(tls) {
  Command command;
  command.environment = {{"NODE_PATH", fetched_store_packages()}};
  command.argv = {"node", PGARK_SOURCE_DIR "/tests/object-stores/server.js", (folder_ / "data").string(),
                  kBucket};
  if (tls) {
    const Certificate authority = Certificate::authority("authority of the object storage");
    CertificateOptions options;
    options.common_name = "object storage";
    options.ip_addresses = {"127.0.0.1"};
    const Certificate certificate = authority.issue(options);
    write_file(folder_ / "ca.pem", authority.certificate_pem());
    command.argv.push_back(write_file(folder_ / "key.pem", certificate.key_pem()));
    command.argv.push_back(write_file(folder_ / "cert.pem", certificate.certificate_pem()));
  }
  server_ = std::make_unique<Process>(std::move(command));
  port_ = port_of(*server_);
}

std::string S3rver::url() const {
  return fmt::format("{}://127.0.0.1:{}", tls_ ? "https" : "http", port_);
}

std::vector<std::pair<std::string, std::string>> S3rver::environment(const std::string& endpoint) const {
  std::vector<std::pair<std::string, std::string>> variables = {
      {"AWS_ENDPOINT_URL", endpoint},     {"AWS_ACCESS_KEY_ID", kKey},       {"AWS_SECRET_ACCESS_KEY", kKey},
      {"AWS_REGION", "us-east-1"},        {"HOME", folder_.path().string()}, {"AWS_PROFILE", ""},
      {"AWS_SESSION_TOKEN", ""},          {"PGARK_S3_PART_SIZE", "5242880"}, {"AWS_CONFIG_FILE", ""},
      {"AWS_SHARED_CREDENTIALS_FILE", ""}};
  if (tls_) variables.emplace_back("AWS_CA_BUNDLE", ca_file());
  return variables;
}

std::optional<std::string> S3rver::object(const std::string& key) const {
  std::ifstream file(bucket_folder() / (key + std::string(kObjectSuffix)), std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string> S3rver::keys() const {
  std::vector<std::string> keys;
  if (!fs::exists(bucket_folder())) return keys;
  for (const auto& entry : fs::recursive_directory_iterator(bucket_folder())) {
    const std::string path = fs::relative(entry.path(), bucket_folder()).string();
    if (path.ends_with(kObjectSuffix)) keys.push_back(path.substr(0, path.size() - kObjectSuffix.size()));
  }
  std::ranges::sort(keys);
  return keys;
}

std::vector<std::string> S3rver::uploads() const {
  std::vector<std::string> ids;
  const fs::path folder = bucket_folder() / kUploads;
  if (!fs::exists(folder)) return ids;
  for (const auto& entry : fs::directory_iterator(folder)) ids.push_back(entry.path().filename().string());
  return ids;
}

void S3rver::remove_bucket() const {
  fs::remove_all(bucket_folder());
}

void S3rver::make_bucket() const {
  fs::create_directory(bucket_folder());
}

S3Proxy::S3Proxy(const S3rver& server)
    : back_(http::parse_endpoint(server.url()).value()),
      client_(http::ConnectionChoice{{}, nullptr, {}}),
      front_([this](const HttpRequest& request) { return handle(request); }) {}

void S3Proxy::set_fault(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
}

void S3Proxy::set_answer_fault(std::function<void(const HttpRequest&, HttpReply&)> fault) {
  const std::lock_guard lock(mutex_);
  answer_fault_ = std::move(fault);
}

void S3Proxy::forget() {
  bytes_read_ = 0;
  requests_ = 0;
}

HttpReply S3Proxy::handle(const HttpRequest& request) {
  ++requests_;
  Fault fault;
  std::function<void(const HttpRequest&, HttpReply&)> answer_fault;
  {
    const std::lock_guard lock(mutex_);
    fault = fault_;
    answer_fault = answer_fault_;
  }
  if (fault) {
    if (auto reply = fault(request)) return *reply;
  }
  HttpReply reply = pass_on(request);
  if (answer_fault) answer_fault(request, reply);
  if (request.method == "GET") bytes_read_ += reply.cut_after.value_or(reply.body.size());
  return reply;
}

HttpReply S3Proxy::pass_on(const HttpRequest& request) {
  http::Call call;
  call.request.method = request.method;
  call.request.target = request.target;
  call.request.body = as_bytes(request.body);
  call.text_bytes_max = kAnswerBytesMax;
  for (const auto& [name, value] : request.headers) {
    // The signature is over the name that the client knows: Host goes on as it came.
    if (name != "content-length" && name != "connection") call.request.headers.push_back({name, value});
  }
  const auto answer = client_.exchange(back_, call);
  if (!answer) return {.status = 502, .body = answer.error().reason};
  HttpReply reply;
  reply.status = answer->status;
  reply.body = answer->body;
  for (const http::Header& header : answer->headers) {
    const bool framing = header.name == "Content-Length" || header.name == "Transfer-Encoding" ||
                         header.name == "Connection" || header.name == "Keep-Alive";
    if (!framing) reply.headers.emplace_back(header.name, header.value);
  }
  return reply;
}

}  // namespace pgark::test
