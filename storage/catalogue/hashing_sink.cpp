#include "storage/catalogue/hashing_sink.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "storage/catalogue/stream_hash.hpp"

namespace pgark::storage {
namespace {

class HashingSink final : public format::Sink {
 public:
  HashingSink(std::unique_ptr<format::Sink> sink, std::string name, std::shared_ptr<FileRecord> record)
      : sink_(std::move(sink)), name_(std::move(name)), record_(std::move(record)) {}

  Result<> write_at(std::uint64_t offset, ByteSpan data) override {
    return add(offset, {&data, 1}, sink_->write_at(offset, data));
  }
  Result<> write_pieces_at(std::uint64_t offset, std::span<const ByteSpan> pieces) override {
    return add(offset, pieces, sink_->write_pieces_at(offset, pieces));
  }
  bool sequential() const override { return sink_->sequential(); }
  Result<> commit() override {
    auto digest = hash_.finish();
    if (auto committed = sink_->commit(); !committed) return committed;
    record_->add({name_, end_.load(), digest.value_or(std::string())});
    return {};
  }
  void discard() override {
    hash_.give_up();
    sink_->discard();
  }
  std::string name() const override { return sink_->name(); }

 private:
  // Whoever waits for a piece that could not be written would wait for ever.
  Result<> add(std::uint64_t offset, std::span<const ByteSpan> pieces, Result<> written) {
    if (!written) {
      hash_.give_up();
      return written;
    }
    std::uint64_t end = offset;
    for (const ByteSpan piece : pieces) end += piece.size();
    std::uint64_t known = end_.load();
    while (known < end && !end_.compare_exchange_weak(known, end)) {
    }
    hash_.add(offset, pieces);
    return {};
  }

  const std::unique_ptr<format::Sink> sink_;
  const std::string name_;
  const std::shared_ptr<FileRecord> record_;
  std::atomic<std::uint64_t> end_{0};
  StreamHash hash_;
};

class HashingFolder final : public format::SinkFolder {
 public:
  HashingFolder(std::unique_ptr<format::SinkFolder> folder, std::string name,
                std::shared_ptr<FileRecord> record)
      : folder_(std::move(folder)), name_(std::move(name)), record_(std::move(record)) {}

  Result<std::unique_ptr<format::Sink>> create(const std::string& file) override {
    auto sink = folder_->create(file);
    if (!sink) return sink;
    return hashing_sink(std::move(*sink), name_ + "/" + file, record_);
  }
  Result<> commit() override { return folder_->commit(); }
  void discard() override { folder_->discard(); }
  std::string name() const override { return folder_->name(); }

 private:
  const std::unique_ptr<format::SinkFolder> folder_;
  const std::string name_;
  const std::shared_ptr<FileRecord> record_;
};

}  // namespace

void FileRecord::add(FileFacts file) {
  const std::lock_guard lock(mutex_);
  files_.push_back(std::move(file));
}

std::vector<FileFacts> FileRecord::files() const {
  const std::lock_guard lock(mutex_);
  std::vector<FileFacts> files = files_;
  std::ranges::sort(files, {}, &FileFacts::name);
  return files;
}

std::unique_ptr<format::Sink> hashing_sink(std::unique_ptr<format::Sink> sink, std::string name,
                                           std::shared_ptr<FileRecord> record) {
  return std::make_unique<HashingSink>(std::move(sink), std::move(name), std::move(record));
}

std::unique_ptr<format::SinkFolder> hashing_folder(std::unique_ptr<format::SinkFolder> folder,
                                                   std::string name, std::shared_ptr<FileRecord> record) {
  return std::make_unique<HashingFolder>(std::move(folder), std::move(name), std::move(record));
}

}  // namespace pgark::storage
