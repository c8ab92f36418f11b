#include "storage/s3/s3_store.hpp"

#include <set>
#include <utility>

#include "storage/object/digest.hpp"
#include "storage/s3/upload.hpp"

namespace pgark::storage::s3 {
namespace {

// A run may take long; one whose process is gone cannot be told from it but by time.
constexpr std::chrono::hours kDeadAfter{48};

}  // namespace

S3Store::S3Store(std::shared_ptr<object::Session> session, Settings settings, std::string root)
    : ObjectStore(std::move(session), std::move(root), settings.uploads),
      settings_(std::make_shared<const Settings>(std::move(settings))) {}

Result<object::ListPage> S3Store::list_page(const std::string& prefix, const std::string& next) const {
  object::Operation operation;
  operation.action = "cannot list";
  operation.text_bytes_max = kListBytesMax;
  operation.query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", prefix}};
  if (!next.empty()) operation.query.emplace_back("continuation-token", next);
  const auto answer = session_->call(operation);
  if (!answer) return tl::unexpected<Error>(answer.error());
  return parse_list(answer->body);
}

// What is on no first page comes the next time.
std::vector<UploadInfo> S3Store::old_uploads(const std::string& whole_prefix) const {
  std::vector<UploadInfo> uploads = uploads_under_way(*session_, whole_prefix, /*cleanup=*/false);
  const auto now = session_->world().now();
  std::erase_if(uploads, [&](const UploadInfo& upload) {
    return !upload.key.starts_with(whole_prefix) || now - upload.begun < kDeadAfter;
  });
  return uploads;
}

Result<std::vector<std::string>> S3Store::list_unfinished(const std::string& prefix) const {
  std::set<std::string> keys;
  for (const UploadInfo& upload : old_uploads(root() + prefix)) keys.insert(upload.key.substr(root().size()));
  return std::vector<std::string>(keys.begin(), keys.end());
}

Result<bool> S3Store::remove_unfinished(const std::string& key) {
  bool removed = false;
  for (const UploadInfo& upload : old_uploads(root() + key)) {
    if (upload.key != root() + key) continue;
    const auto aborted = abort_upload(*session_, upload.key, upload.id, /*cleanup=*/false);
    if (!aborted) return aborted;
    removed = removed || *aborted;
  }
  return removed;
}

std::vector<http::Header> S3Store::headers_of_small(ByteSpan content) const {
  std::vector<http::Header> headers = object_headers(*settings_, session_->world().now());
  if (!settings_->lock_mode.empty()) headers.push_back({"Content-MD5", object::base64(object::md5(content))});
  return headers;
}

std::unique_ptr<object::PartCarrier> S3Store::make_carrier(const std::string& whole_key,
                                                           bool overwrite) const {
  return std::make_unique<Upload>(session_, settings_, whole_key, overwrite);
}

}  // namespace pgark::storage::s3
