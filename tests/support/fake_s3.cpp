#include "support/fake_s3.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

namespace pgark::test {
namespace {

std::string etag_of(const std::string& body) {
  return fmt::format("\"{:016x}\"", std::hash<std::string>{}(body));
}

std::string encoded(const std::string& text) {
  std::string result;
  for (const unsigned char c : text) {
    result += std::isalnum(c) != 0 || c == '/' || c == '-' || c == '.' ? std::string(1, static_cast<char>(c))
                                                                       : fmt::format("%{:02X}", c);
  }
  return result;
}

}  // namespace

HttpReply FakeS3::error(int status, const std::string& code, const std::string& message) {
  HttpReply reply;
  reply.status = status;
  reply.body = fmt::format("<?xml version=\"1.0\"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>",
                           code, message);
  return reply;
}

FakeS3::Fault FakeS3::first(int times, std::function<bool(const HttpRequest&)> matches, HttpReply reply) {
  auto left = std::make_shared<std::atomic<int>>(times);
  return [left, matches = std::move(matches),
          reply = std::move(reply)](const HttpRequest& request) -> std::optional<HttpReply> {
    if (!matches(request) || left->fetch_sub(1) <= 0) return std::nullopt;
    return reply;
  };
}

HttpReply FakeS3::handle(const HttpRequest& request) {
  Fault fault;
  Fault lost;
  {
    const std::lock_guard lock(mutex_);
    HttpRequest noted = request;
    noted.body.clear();
    requests_.push_back(std::move(noted));
    fault = fault_;
    lost = lost_answer_;
  }
  if (fault) {
    if (auto reply = fault(request)) return *reply;
  }
  HttpReply reply;
  {
    const std::lock_guard lock(mutex_);
    reply = carry_out(request);
    if (request.method == "GET" && request.path != "/" + bucket_ && reply.status / 100 == 2)
      bytes_sent_ += reply.body.size();
  }
  if (lost) {
    if (auto other = lost(request)) return *other;
  }
  return reply;
}

HttpReply FakeS3::carry_out(const HttpRequest& request) {
  if (request.header("authorization").empty()) return error(403, "AccessDenied");
  const std::string prefix = "/" + bucket_;
  if (request.path == prefix) return on_bucket(request);
  if (!request.path.starts_with(prefix + "/")) return error(404, "NoSuchBucket");
  const std::string key = request.path.substr(prefix.size() + 1);
  if (request.has_query("uploads") || request.has_query("uploadId")) return on_upload(request, key);
  if (request.method == "GET" || request.method == "HEAD") return get(request, key);
  if (request.method == "DELETE") {
    objects_.erase(key);
    return {.status = 204};
  }
  if (refuses(request, key)) return error(412, "PreconditionFailed");
  objects_[key] = {request.body, etag_of(request.body), request.headers};
  return {.headers = {{"ETag", etag_of(request.body)}}};
}

bool FakeS3::refuses(const HttpRequest& request, const std::string& key) const {
  return request.header("if-none-match") == "*" && objects_.contains(key);
}

HttpReply FakeS3::on_bucket(const HttpRequest& request) {
  if (!request.has_query("uploads")) return list(request);
  std::string body = "<ListMultipartUploadsResult>";
  for (const auto& [id, upload] : uploads_) {
    body += fmt::format("<Upload><Key>{}</Key><UploadId>{}</UploadId><Initiated>{}</Initiated></Upload>",
                        upload.key, id, uploads_begun_);
  }
  return {.body = body + "</ListMultipartUploadsResult>"};
}

HttpReply FakeS3::on_upload(const HttpRequest& request, const std::string& key) {
  if (request.has_query("uploads")) {
    const std::string id = fmt::format("upload-{}", next_upload_++);
    uploads_[id] = {key, {}, request.headers};
    return {.body = "<InitiateMultipartUploadResult><UploadId>" + id +
                    "</UploadId></InitiateMultipartUploadResult>"};
  }
  const auto upload = uploads_.find(request.query.at("uploadId"));
  if (upload == uploads_.end()) return error(404, "NoSuchUpload");
  if (request.method == "DELETE") {
    uploads_.erase(upload);
    return {.status = 204};
  }
  if (request.method == "POST") return complete(request, key);
  upload->second.parts[std::stoi(request.query.at("partNumber"))] = request.body;
  return {.headers = {{"ETag", etag_of(request.body)}}};
}

HttpReply FakeS3::complete(const HttpRequest& request, const std::string& key) {
  const auto upload = uploads_.find(request.query.at("uploadId"));
  std::string body;
  for (const auto& [number, part] : upload->second.parts) {
    const std::string wanted = fmt::format("<PartNumber>{}</PartNumber>", number);
    if (request.body.find(wanted) == std::string::npos) return error(400, "InvalidPart");
    body += part;
  }
  if (refuses(request, key)) return error(412, "PreconditionFailed");
  objects_[key] = {body, etag_of(body), upload->second.headers};
  uploads_.erase(upload);
  return {.body = "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"};
}

HttpReply FakeS3::get(const HttpRequest& request, const std::string& key) {
  const auto found = objects_.find(key);
  if (found == objects_.end()) return error(404, "NoSuchKey", "The specified key does not exist.");
  const Object& object = found->second;
  HttpReply reply;
  reply.headers = {{"ETag", object.etag}};
  for (const auto& [name, value] : object.headers) {
    if (name.starts_with("x-amz-meta-")) reply.headers.emplace_back(name, value);
  }
  if (const std::string match = request.header("if-match"); !match.empty() && match != object.etag)
    return error(412, "PreconditionFailed");
  reply.body = object.body;
  const std::string range = request.header("range");
  if (range.empty()) return reply;
  const std::size_t dash = range.find('-');
  const std::size_t first = std::stoull(range.substr(6, dash - 6));
  if (first >= object.body.size()) return error(416, "InvalidRange");
  const std::size_t last = std::min<std::size_t>(std::stoull(range.substr(dash + 1)), object.body.size() - 1);
  reply.status = 206;
  reply.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", first, last, object.body.size()));
  reply.body = object.body.substr(first, last - first + 1);
  return reply;
}

HttpReply FakeS3::list(const HttpRequest& request) const {
  const auto value = [&request](const std::string& name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
  };
  std::string body = "<ListBucketResult><EncodingType>url</EncodingType>";
  std::size_t keys = 0;
  for (const auto& [key, object] : objects_) {
    if (!key.starts_with(value("prefix")) || key <= value("continuation-token")) continue;
    if (keys == page_keys_) {
      body += "<IsTruncated>true</IsTruncated><NextContinuationToken>" +
              std::prev(objects_.find(key))->first + "</NextContinuationToken>";
      break;
    }
    ++keys;
    body += fmt::format(
        "<Contents><Key>{}</Key><Size>{}</Size><LastModified>2026-01-15T14:30:00.000Z</LastModified></"
        "Contents>",
        encoded(key), object.body.size());
  }
  return {.body = body + "</ListBucketResult>"};
}

void FakeS3::put(const std::string& key, std::string body) {
  const std::lock_guard lock(mutex_);
  const std::string etag = etag_of(body);
  objects_[key] = {std::move(body), etag, {}};
}

std::optional<FakeS3::Object> FakeS3::object(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? std::nullopt : std::optional(found->second);
}

void FakeS3::set_uploads_begun(std::string time) {
  const std::lock_guard lock(mutex_);
  uploads_begun_ = std::move(time);
}

std::size_t FakeS3::uploads_under_way() const {
  const std::lock_guard lock(mutex_);
  return uploads_.size();
}

std::vector<HttpRequest> FakeS3::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t FakeS3::count(const std::string& method, const std::string& query) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count_if(requests_, [&](const HttpRequest& request) {
    return request.method == method && (query.empty() || request.has_query(query));
  }));
}

std::uint64_t FakeS3::bytes_sent() const {
  const std::lock_guard lock(mutex_);
  return bytes_sent_;
}

void FakeS3::forget_requests() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
  bytes_sent_ = 0;
}

void FakeS3::set_fault(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault_ = std::move(fault);
}

void FakeS3::set_lost_answer(Fault fault) {
  const std::lock_guard lock(mutex_);
  lost_answer_ = std::move(fault);
}

void FakeS3::set_page_keys(std::size_t keys) {
  const std::lock_guard lock(mutex_);
  page_keys_ = keys;
}

}  // namespace pgark::test
