#include "storage/store_folder.hpp"

#include <algorithm>
#include <utility>

#include "format/layout.hpp"

namespace pgark::storage {
namespace {

class SharedSource final : public format::Source {
 public:
  explicit SharedSource(std::shared_ptr<const format::Source> source) : source_(std::move(source)) {}
  Result<std::uint64_t> size() const override { return source_->size(); }
  Result<> read_at(std::uint64_t offset, MutableByteSpan out) const override {
    return source_->read_at(offset, out);
  }
  std::string name() const override { return source_->name(); }

 private:
  const std::shared_ptr<const format::Source> source_;
};

}  // namespace

Result<std::unique_ptr<format::SinkFolder>> StoreFolderSink::create(std::shared_ptr<Store> store,
                                                                    const std::string& key, bool overwrite) {
  const std::string prefix = key + "/";
  const auto there = store->list(prefix);
  if (!there) return tl::unexpected<Error>(there.error());
  const std::string name = store->name(key);
  if (std::ranges::find(*there, prefix + format::layout::kTocFile, &ObjectInfo::key) != there->end()) {
    return fail(ErrorCode::usage, "exists already, and an archive of several objects is not replaced at once",
                name, "choose another name, or remove it first");
  }
  if (!there->empty() && !overwrite) {
    return fail(ErrorCode::usage, "holds objects already, perhaps of a backup that did not finish", name,
                "choose another name, or give --overwrite");
  }
  return std::unique_ptr<format::SinkFolder>(new StoreFolderSink(std::move(store), key));
}

StoreFolderSink::~StoreFolderSink() {
  discard();
}

Result<std::unique_ptr<format::Sink>> StoreFolderSink::create(const std::string& file) {
  const std::string key = key_ + "/" + file;
  {
    const std::lock_guard lock(mutex_);
    begun_.push_back(key);
  }
  return store_->create(key, /*overwrite=*/true);
}

Result<> StoreFolderSink::commit() {
  ended_ = true;
  return {};
}

// The table of contents first: nothing of what is left looks whole at any moment.
void StoreFolderSink::discard() {
  if (std::exchange(ended_, true)) return;
  const std::lock_guard lock(mutex_);
  const auto is_toc = [](const std::string& key) { return key.ends_with(format::layout::kTocFile); };
  std::stable_partition(begun_.begin(), begun_.end(), is_toc);
  for (const std::string& key : begun_) static_cast<void>(store_->remove(key));
}

Result<std::unique_ptr<format::SourceFolder>> StoreFolderSource::open_folder(
    std::shared_ptr<const Store> store, const std::string& key) {
  std::unique_ptr<StoreFolderSource> folder(new StoreFolderSource(std::move(store), key));
  const auto toc = folder->open(format::layout::kTocFile);
  if (!toc) return tl::unexpected<Error>(toc.error());
  return folder;
}

Result<std::unique_ptr<format::Source>> StoreFolderSource::open(const std::string& file) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = opened_.find(file); found != opened_.end())
      return std::make_unique<SharedSource>(found->second);
  }
  auto opened = store_->open(key_ + "/" + file);
  if (!opened) return opened;
  const std::lock_guard lock(mutex_);
  const auto [at, added] = opened_.try_emplace(file, std::move(*opened));
  return std::make_unique<SharedSource>(at->second);
}

}  // namespace pgark::storage
