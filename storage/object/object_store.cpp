#include "storage/object/object_store.hpp"

#include <algorithm>
#include <utility>

#include "storage/interruption.hpp"

namespace pgark::storage::object {
namespace {

constexpr int kForbidden = 403;
constexpr int kNotFound = 404;

}  // namespace

ObjectStore::ObjectStore(std::shared_ptr<Session> session, std::string root, unsigned uploads)
    : session_(std::move(session)),
      root_(std::move(root)),
      read_ahead_(std::make_shared<ReadAhead>()),
      pool_(std::make_shared<TransferPool>(uploads)) {}

Result<std::vector<ObjectInfo>> ObjectStore::list(const std::string& prefix) const {
  std::vector<ObjectInfo> objects;
  std::string next;
  do {
    auto page = list_page(root_ + prefix, next);
    if (!page) return tl::unexpected<Error>(std::move(page).error());
    if (page->next == next && !next.empty())
      return fail(ErrorCode::protocol, "the server gives the same page of the list again and again",
                  name(prefix));
    for (ObjectInfo& object : page->objects) {
      if (!object.key.starts_with(root_ + prefix)) continue;
      object.key.erase(0, root_.size());
      objects.push_back(std::move(object));
    }
    next = std::move(page->next);
  } while (!next.empty());
  std::ranges::sort(objects, {}, &ObjectInfo::key);  // stores of directories have orders of their own
  return objects;
}

Result<std::string> ObjectStore::read_small(const std::string& key, std::uint64_t limit_bytes) const {
  Operation operation;
  operation.action = "cannot read";
  operation.key = root_ + key;
  operation.text_bytes_max = limit_bytes;
  operation.cleanup = CleanUp::is_under_way() && session_->world().stop && session_->world().stop();
  auto answer = session_->call(operation);
  if (!answer) return tl::unexpected<Error>(std::move(answer).error());
  return std::move(answer->body);
}

Result<> ObjectStore::write_small(const std::string& key, const std::string& content) {
  Operation operation;
  operation.action = "cannot write";
  operation.method = "PUT";
  operation.key = root_ + key;
  operation.headers = headers_of_small(as_bytes(content));
  operation.body = as_bytes(content);
  const auto answer = session_->call(operation);
  return answer ? Result<>() : tl::unexpected<Error>(answer.error());
}

Result<std::unique_ptr<format::Source>> ObjectStore::open(const std::string& key) const {
  return ObjectSource::open(session_, root_ + key, read_ahead_);
}

Result<std::unique_ptr<format::Sink>> ObjectStore::create(const std::string& key, bool overwrite) {
  if (!overwrite) {
    Operation look;
    look.action = "cannot look for an object of this name";
    look.method = "HEAD";
    look.key = root_ + key;
    // Who may write and not read is good for backups. The commit is refused when the object is there.
    look.expected = {kForbidden, kNotFound};
    const auto answer = session_->call(look);
    if (!answer) return tl::unexpected<Error>(answer.error());
    if (answer->ok())
      return fail(ErrorCode::usage, "exists already", name(key), "choose another name, or give --overwrite");
  }
  return std::make_unique<PartSink>(make_carrier(root_ + key, overwrite), pool_);
}

Result<> ObjectStore::remove(const std::string& key) {
  Operation operation;
  operation.action = "cannot remove";
  operation.method = "DELETE";
  operation.key = root_ + key;
  operation.expected = {kNotFound};
  operation.cleanup = session_->world().stop && session_->world().stop();
  const auto answer = session_->call(operation);
  return answer ? Result<>() : tl::unexpected<Error>(answer.error());
}

}  // namespace pgark::storage::object
