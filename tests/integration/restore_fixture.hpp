// Archives made by hand, and their restore into databases of the shared server. No dumper is involved, so
// that each test decides what is in the archive.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "format/reader.hpp"
#include "format/writer.hpp"
#include "restore/restore.hpp"
#include "support/cluster.hpp"
#include "support/memory_file.hpp"
#include "support/run_coroutine.hpp"

namespace pgark::test {

// Keeps what the restore has to say.
class RecordingEvents final : public EventSink {
 public:
  void phase(std::string_view name) override {
    const std::lock_guard lock(mutex);
    lines.push_back("phase: " + std::string(name));
  }
  void message(Severity severity, std::string_view text, std::string_view object) override {
    if (severity == Severity::debug) return;
    const std::lock_guard lock(mutex);
    lines.push_back(std::string(object) + ": " + std::string(text));
  }
  bool contains(std::string_view text) {
    const std::lock_guard lock(mutex);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(text) != std::string::npos; });
  }
  std::mutex mutex;
  std::vector<std::string> lines;
};

class ArchiveMaker {
 public:
  ArchiveMaker() : file_(std::make_shared<MemoryFile>()) {
    writer_ = value_or_throw(format::ArchiveWriter::create(std::make_unique<MemorySink>(file_)));
    toc.info[format::info_key::kDatabase] = "made";
    toc.info[format::info_key::kEncoding] = "UTF8";
    toc.info[format::info_key::kServerVersionNum] = "130000";
  }

  format::TocEntry& add(const std::string& kind, const std::string& name, format::Section section,
                        const std::string& sql, std::vector<format::EntryId> dependencies = {}) {
    format::TocEntry& entry = toc.entries.emplace_back();
    entry.id = static_cast<format::EntryId>(toc.entries.size());
    entry.kind = kind;
    entry.schema = "public";
    entry.name = name;
    entry.section = section;
    entry.dependencies = std::move(dependencies);
    if (!sql.empty()) entry.create.push_back({sql, 0, 0});
    return entry;
  }
  format::EntryId table(const std::string& name, const std::string& columns) {
    format::TocEntry& entry =
        add("TABLE", name, format::Section::pre_data, "CREATE TABLE public." + name + " (" + columns + ")");
    entry.drop.push_back({"DROP TABLE IF EXISTS public." + name, 0, 0});
    return entry.id;
  }
  format::EntryId data(format::EntryId table, const std::string& columns) {
    const std::string name = toc.find(table)->name;
    format::TocEntry& entry = add("TABLE DATA", name, format::Section::data, "", {table});
    entry.copy_target = "public." + name + " (" + columns + ")";
    return entry.id;
  }
  void chunk(format::EntryId entry, std::uint32_t part, std::uint32_t sequence, std::string_view rows) {
    append(value_or_throw(coder_.encode(entry, part, sequence, as_bytes(rows), {format::Codec::zstd, 1})));
  }
  // Integers first, first + 1, ... with a text beside each, `count` of them.
  void number_chunk(format::EntryId entry, std::uint32_t part, std::uint32_t sequence, int first, int count) {
    std::string rows;
    for (int i = first; i < first + count; ++i)
      rows += std::to_string(i) + "\trow " + std::to_string(i) + "\n";
    chunk(entry, part, sequence, rows);
  }
  void append(const format::EncodedChunk& chunk) { value_or_throw(writer_->append(chunk)); }
  format::EntryId index(const std::string& name, format::EntryId table, const std::string& columns) {
    format::TocEntry& entry =
        add("INDEX", name, format::Section::post_data,
            "CREATE INDEX " + name + " ON public." + toc.find(table)->name + " (" + columns + ")", {table});
    entry.table = toc.find(table)->name;
    entry.drop.push_back({"DROP INDEX IF EXISTS public." + name, 0, 0});
    return entry.id;
  }
  format::EntryId constraint(const std::string& name, format::EntryId table, const std::string& definition,
                             std::vector<format::EntryId> more = {}) {
    const std::string target = "public." + toc.find(table)->name;
    more.insert(more.begin(), table);
    format::TocEntry& entry =
        add("CONSTRAINT", name, format::Section::post_data,
            "ALTER TABLE ONLY " + target + " ADD CONSTRAINT " + name + " " + definition, more);
    entry.table = toc.find(table)->name;
    for (const format::EntryId id : more) {
      if (toc.find(id)->kind == "TABLE") entry.locks.push_back(id);
    }
    entry.drop.push_back(
        {"ALTER TABLE IF EXISTS ONLY " + target + " DROP CONSTRAINT IF EXISTS " + name, 0, 0});
    return entry.id;
  }

  std::vector<std::byte> finish() {
    value_or_throw(writer_->finish(toc));
    return file_->bytes;
  }
  std::unique_ptr<format::ArchiveReader> open() {
    return value_or_throw(format::ArchiveReader::open(std::make_unique<MemorySource>(finish())));
  }

  format::Toc toc;

 private:
  std::shared_ptr<MemoryFile> file_;
  std::unique_ptr<format::ArchiveWriter> writer_;
  format::ChunkCoder coder_;
};

class RestoreTest : public testing::Test {
 protected:
  void SetUp() override { cluster_.create_database(database_, "TEMPLATE template0"); }
  void TearDown() override { cluster_.drop_database(database_); }

  // On two threads, as the program does it.
  restore::RestoreOutcome restore(const format::ArchiveReader& archive,
                                  restore::RestoreOptions options = {}) {
    boost::asio::thread_pool io(2);
    async::CpuPool cpu(2);
    params::ConnectParams target = params_of(cluster_.conninfo(database_));
    restore::RestoreOutcome outcome;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        io, restore::restore(io.get_executor(), cpu, std::move(target), std::move(options), archive, events_),
        [&](std::exception_ptr thrown, restore::RestoreOutcome result) {
          failure = thrown;
          outcome = std::move(result);
        });
    io.join();
    if (failure) std::rethrow_exception(failure);
    return outcome;
  }
  restore::RestoreOutcome restore_made(const restore::RestoreOptions& options = {}) {
    const auto archive = made_.open();
    return restore(*archive, options);
  }
  Error error_of_restore(const format::ArchiveReader& archive, const restore::RestoreOptions& options = {}) {
    try {
      restore(archive, options);
    } catch (const Exception& exception) {
      return exception.error();
    }
    ADD_FAILURE() << "no error was thrown";
    return {};
  }
  Error error_of_restore(const restore::RestoreOptions& options = {}) {
    const auto archive = made_.open();
    return error_of_restore(*archive, options);
  }
  std::string sql(const std::string& text) { return cluster_.sql(database_, text); }

  static std::vector<std::string> texts(const restore::RestoreOutcome& outcome) {
    std::vector<std::string> lines;
    for (const auto& failed : outcome.failed)
      lines.push_back(std::string(failed.skipped ? "skipped " : "failed ") + failed.kind + " " + failed.name);
    return lines;
  }

  Cluster& cluster_ = Cluster::shared();
  std::string database_ = "restore_target";
  ArchiveMaker made_;
  RecordingEvents events_;
};

}  // namespace pgark::test
