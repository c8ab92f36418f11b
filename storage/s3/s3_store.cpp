#include "storage/s3/s3_store.hpp"

#include <utility>

#include "storage/object/digest.hpp"
#include "storage/s3/answers.hpp"
#include "storage/s3/upload.hpp"

namespace pgark::storage::s3 {
namespace {

// A page has a thousand keys of up to 1024 bytes, encoded up to three times as long.
constexpr std::uint64_t kListBytesMax = std::uint64_t{8} << 20;

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
