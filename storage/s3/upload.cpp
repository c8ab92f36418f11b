#include "storage/s3/upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "storage/object/digest.hpp"
#include "storage/object/xml.hpp"
#include "storage/s3/signature.hpp"

namespace pgark::storage::s3 {
namespace {

using object::base64;
using object::md5;
using object::Operation;

constexpr const char* kMarkHeader = "x-amz-meta-pgark-upload";
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kNotAllowed = 405;
constexpr int kConflict = 409;
constexpr int kPreconditionFailed = 412;
constexpr int kNotImplemented = 501;
// Clocks are compared to the second, and answers take their time.
constexpr std::chrono::seconds kClockSlack{60};

std::string iso_time(std::chrono::system_clock::time_point time) {
  const std::string basic = amz_date(time);  // "20130524T000000Z"
  return fmt::format("{}-{}-{}T{}:{}:{}Z", basic.substr(0, 4), basic.substr(4, 2), basic.substr(6, 2),
                     basic.substr(9, 2), basic.substr(11, 2), basic.substr(13, 2));
}

}  // namespace

std::vector<UploadInfo> uploads_under_way(object::Session& session, const std::string& prefix, bool cleanup) {
  Operation operation;
  operation.action = "cannot list uploads";
  operation.text_bytes_max = kListBytesMax;
  operation.query = {{"uploads", ""}, {"prefix", prefix}, {"encoding-type", "url"}};
  operation.expected = {kForbidden, kNotFound, kNotAllowed, kNotImplemented};
  operation.cleanup = cleanup;
  const auto answer = session.call(operation);
  if (!answer || !answer->ok()) return {};
  return parse_uploads(answer->body).value_or(std::vector<UploadInfo>());
}

Result<bool> abort_upload(object::Session& session, const std::string& key, const std::string& id,
                          bool cleanup) {
  Operation operation;
  operation.action = "cannot remove the parts of the upload";
  operation.method = "DELETE";
  operation.key = key;
  operation.query = {{"uploadId", id}};
  operation.expected = {kForbidden, kNotFound};
  operation.cleanup = cleanup;
  const auto answer = session.call(operation);
  return answer ? Result<bool>(answer->ok()) : tl::unexpected<Error>(answer.error());
}

std::vector<http::Header> object_headers(const Settings& settings,
                                         std::chrono::system_clock::time_point now) {
  std::vector<http::Header> headers;
  if (!settings.encryption.empty()) headers.push_back({"x-amz-server-side-encryption", settings.encryption});
  if (!settings.kms_key.empty())
    headers.push_back({"x-amz-server-side-encryption-aws-kms-key-id", settings.kms_key});
  if (!settings.lock_mode.empty()) {
    headers.push_back({"x-amz-object-lock-mode", settings.lock_mode});
    headers.push_back({"x-amz-object-lock-retain-until-date", iso_time(now + settings.lock_days)});
  }
  if (!settings.storage_class.empty()) headers.push_back({"x-amz-storage-class", settings.storage_class});
  return headers;
}

Upload::Upload(std::shared_ptr<object::Session> session, std::shared_ptr<const Settings> settings,
               std::string key, bool overwrite)
    : session_(std::move(session)),
      settings_(std::move(settings)),
      key_(std::move(key)),
      overwrite_(overwrite),
      mark_(object::random_word()) {}

std::vector<http::Header> Upload::headers_of_object() const {
  std::vector<http::Header> headers = object_headers(*settings_, session_->world().now());
  headers.push_back({"Content-Type", "application/octet-stream"});
  headers.push_back({kMarkHeader, mark_});
  return headers;
}

Result<> Upload::begin() {
  Operation operation;
  operation.action = "cannot begin the upload";
  operation.method = "POST";
  operation.key = key_;
  operation.query = {{"uploads", ""}};
  operation.headers = headers_of_object();
  begun_at_ = session_->world().now();
  // An answer that is lost leaves an upload whose id nobody knows.
  int attempts = 0;
  const auto answer = session_->call(operation, &attempts);
  begin_unclear_ = attempts > 1 || !answer;
  if (!answer) return tl::unexpected<Error>(answer.error());
  auto id = parse_created_upload(answer->body);
  if (!id) return tl::unexpected<Error>(std::move(id).error());
  upload_id_ = std::move(*id);
  return {};
}

Result<std::string> Upload::put(int number, ByteSpan part, const std::atomic<bool>& abandoned) {
  Operation operation;
  operation.action = fmt::format("cannot write part {}", number);
  operation.method = "PUT";
  operation.key = key_;
  operation.query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id_}};
  operation.body = part;
  operation.abandoned = &abandoned;
  // Servers with locks on their objects ask for a digest of the body besides the signed one.
  if (!settings_->lock_mode.empty()) operation.headers.push_back({"Content-MD5", base64(md5(part))});
  const auto answer = session_->call(operation);
  if (!answer) return tl::unexpected<Error>(answer.error());
  const auto tag = answer->header("ETag");
  if (!tag || tag->empty()) return fail(ErrorCode::protocol, "the server gives no tag of a part", name());
  return std::string(*tag);
}

Error Upload::exists_already() const {
  return fail(ErrorCode::usage, "exists already: it has come while this one was written", name(),
              "choose another name, or give --overwrite")
      .value();
}

// An earlier attempt may have done it and its answer been lost. The object tells.
Result<bool> Upload::is_ours() const {
  return session_->has_mark(key_, kMarkHeader, mark_);
}

// Unless it is there already, when that is not wanted. A store without conditions is asked again without:
// what was there at the beginning has been looked for then.
Result<http::Response> Upload::write_once(Operation operation) {
  operation.expected.insert(operation.expected.end(), {kPreconditionFailed, kNotImplemented});
  if (overwrite_) return session_->call(operation);
  Operation with_condition = operation;
  with_condition.headers.push_back({"If-None-Match", "*"});
  auto answer = session_->call(with_condition);
  return answer && answer->status == kNotImplemented ? session_->call(operation) : std::move(answer);
}

Result<> Upload::finish_small(ByteSpan content) {
  Operation operation;
  operation.action = "cannot write";
  operation.method = "PUT";
  operation.key = key_;
  operation.body = content;
  operation.headers = headers_of_object();
  if (!settings_->lock_mode.empty()) operation.headers.push_back({"Content-MD5", base64(md5(content))});
  const auto answer = write_once(std::move(operation));
  if (!answer) return tl::unexpected<Error>(answer.error());
  if (answer->ok()) return {};
  if (answer->status != kPreconditionFailed)
    return fail(ErrorCode::io, "cannot write: the store does not know a header of the request (501)", name(),
                "leave out what it may not have: encryption, object lock, storage class (PGARK_S3_...)");
  const auto ours = is_ours();
  if (!ours) return tl::unexpected<Error>(ours.error());
  return *ours ? Result<>() : tl::unexpected<Error>(exists_already());
}

Result<> Upload::finish_parts(const object::PartTags& tags) {
  const std::string body = completion_body(tags);
  Operation operation;
  operation.action = "cannot complete the upload";
  operation.method = "POST";
  operation.key = key_;
  operation.query = {{"uploadId", upload_id_}};
  operation.body = as_bytes(body);
  operation.headers = {{"Content-Type", "application/xml"}};
  operation.expected = {kNotFound, kConflict};
  operation.check_body = true;
  const auto answer = write_once(std::move(operation));
  if (!answer) return tl::unexpected<Error>(answer.error());
  // When there is no such upload (any more), an earlier attempt may have done it.
  const auto ours = answer->ok() ? Result<bool>(true) : is_ours();
  if (!ours) return tl::unexpected<Error>(ours.error());
  if (*ours) {
    upload_id_.clear();
    if (begin_unclear_) abort_lost_uploads();
    return {};
  }
  if (answer->status == kPreconditionFailed) return tl::unexpected<Error>(exists_already());
  const std::string code = object::parse_error(answer->body).code;
  return fail(ErrorCode::io,
              fmt::format("cannot complete the upload: {}", code.empty() ? "it is gone" : code), name(),
              "has somebody removed the bucket, or unfinished uploads in it?");
}

void Upload::give_up() {
  if (!upload_id_.empty()) abort_upload(upload_id_);
  if (begin_unclear_) abort_lost_uploads();
}

void Upload::abort_upload(const std::string& id) {
  // There is nobody left to tell; docs/object-storage.md names the rule of a bucket that removes such parts.
  static_cast<void>(s3::abort_upload(*session_, key_, id, /*cleanup=*/true));
}

// The answer to the beginning was lost, so that it was made again: the first upload has the same name, began
// after we did, and has no other owner who could be at the same name at this very moment.
void Upload::abort_lost_uploads() {
  for (const UploadInfo& upload : uploads_under_way(*session_, key_, /*cleanup=*/true)) {
    if (upload.key == key_ && upload.begun + kClockSlack >= begun_at_) abort_upload(upload.id);
  }
}

}  // namespace pgark::storage::s3
