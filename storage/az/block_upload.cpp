#include "storage/az/block_upload.hpp"

#include <fmt/format.h>

#include <utility>

#include "storage/object/digest.hpp"
#include "storage/object/xml.hpp"

namespace pgark::storage::az {
namespace {

using object::Operation;

constexpr const char* kMarkHeader = "x-ms-meta-pgark_upload";
constexpr int kConflict = 409;
constexpr int kPreconditionFailed = 412;

}  // namespace

BlockUpload::BlockUpload(std::shared_ptr<object::Session> session, std::shared_ptr<const Settings> settings,
                         std::string key, bool overwrite)
    : session_(std::move(session)),
      settings_(std::move(settings)),
      key_(std::move(key)),
      overwrite_(overwrite),
      mark_(object::random_word()) {}

Result<std::string> BlockUpload::put(int number, ByteSpan part, const std::atomic<bool>& abandoned) {
  // All ids of a blob must be of one length.
  const std::string id = object::base64(fmt::format("{}-{:05}", mark_, number));
  Operation operation;
  operation.action = fmt::format("cannot write block {}", number);
  operation.method = "PUT";
  operation.key = key_;
  operation.query = {{"comp", "block"}, {"blockid", id}};
  operation.headers = {{"Content-MD5", object::base64(object::md5(part))}};
  operation.body = part;
  operation.abandoned = &abandoned;
  const auto answer = session_->call(operation);
  return answer ? Result<std::string>(id) : tl::unexpected<Error>(answer.error());
}

Operation BlockUpload::new_blob(const char* action) const {
  Operation operation;
  operation.action = action;
  operation.method = "PUT";
  operation.key = key_;
  operation.headers = {{kMarkHeader, mark_}, {"x-ms-blob-content-type", "application/octet-stream"}};
  return operation;
}

// Unless it is there already, when that is not wanted; an earlier attempt may have made it.
Result<> BlockUpload::write_once(Operation operation) {
  if (!overwrite_) operation.headers.push_back({"If-None-Match", "*"});
  operation.headers.push_back({"Content-MD5", object::base64(object::md5(operation.body))});
  operation.expected = {kConflict, kPreconditionFailed};
  const auto answer = session_->call(operation);
  if (!answer) return tl::unexpected<Error>(answer.error());
  if (answer->ok()) return {};
  const auto ours = is_ours();
  if (!ours) return tl::unexpected<Error>(ours.error());
  if (*ours) return {};
  const std::string code = object::parse_error(answer->body).code;
  if (code != "BlobAlreadyExists" && answer->status == kConflict)
    return fail(ErrorCode::io, fmt::format("{}: {}", operation.action, code), name());
  return fail(ErrorCode::usage, "exists already: it has come while this one was written", name(),
              "choose another name, or give --overwrite");
}

Result<bool> BlockUpload::is_ours() const {
  return session_->has_mark(key_, kMarkHeader, mark_);
}

Result<> BlockUpload::finish_parts(const object::PartTags& tags) {
  std::string body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
  for (const auto& [number, id] : tags) body += "<Latest>" + id + "</Latest>";
  body += "</BlockList>";
  Operation operation = new_blob("cannot complete the blob");
  operation.query = {{"comp", "blocklist"}};
  operation.body = as_bytes(body);
  return write_once(std::move(operation));
}

Result<> BlockUpload::finish_small(ByteSpan content) {
  Operation operation = new_blob("cannot write");
  operation.headers.push_back({"x-ms-blob-type", "BlockBlob"});
  operation.body = content;
  return write_once(std::move(operation));
}

// There is no other way to remove blocks without a list: a new blob drops them. Where there is a blob
// already, Azure removes them after a week.
void BlockUpload::give_up() {
  Operation empty = new_blob("cannot remove the blocks");
  empty.headers.push_back({"x-ms-blob-type", "BlockBlob"});
  empty.headers.push_back({"If-None-Match", "*"});
  empty.cleanup = true;
  if (!session_->call(empty)) return;
  Operation remove;
  remove.action = empty.action;
  remove.method = "DELETE";
  remove.key = key_;
  remove.cleanup = true;
  static_cast<void>(session_->call(remove));
}

}  // namespace pgark::storage::az
