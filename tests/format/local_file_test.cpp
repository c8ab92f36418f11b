#include "storage/local_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "format/archive_fixture.hpp"
#include "format/verifier.hpp"
#include "storage/stdout_sink.hpp"
#include "storage/storage.hpp"

namespace pgark::storage {
namespace {

namespace fs = std::filesystem;

class LocalFile : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pgark-storage-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
    path_ = folder_ + "/a.pgark";
  }
  void TearDown() override { fs::remove_all(folder_); }

  static void put(const std::string& path, std::string_view text) { std::ofstream(path) << text; }
  static std::string get(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static Error refused(const std::string& path, bool overwrite = false) {
    auto sink = create_archive_file(path, {overwrite, true});
    return sink ? Error{} : sink.error();
  }
  static Error unopened(const std::string& path) {
    auto source = open_archive_file(path);
    return source ? Error{} : source.error();
  }

  std::string folder_;
  std::string path_;
};

TEST_F(LocalFile, is_partial_until_committed) {
  auto sink = create_archive_file(path_, {}).value();
  EXPECT_EQ(sink->name(), path_);
  EXPECT_FALSE(sink->sequential());
  ASSERT_TRUE(sink->write_at(3, as_bytes("def")));
  ASSERT_TRUE(sink->write_at(0, as_bytes("abc")));
  EXPECT_FALSE(fs::exists(path_));
  struct stat status {};
  ASSERT_EQ(::stat((path_ + ".partial").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(get(path_), "abcdef");
  sink.reset();
  EXPECT_TRUE(fs::exists(path_));
  EXPECT_FALSE(fs::exists(path_ + ".partial"));
}

TEST_F(LocalFile, discarded_or_destroyed_it_leaves_nothing) {
  auto sink = create_archive_file(path_, {}).value();
  sink->discard();
  EXPECT_TRUE(fs::is_empty(folder_));
  sink->discard();
  sink = create_archive_file(path_, {}).value();
  sink.reset();
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(LocalFile, an_existing_target_is_kept) {
  put(path_, "old");
  EXPECT_EQ(refused(path_).code, ErrorCode::usage);
  EXPECT_EQ(refused(path_).message, "the file exists already");
  EXPECT_EQ(get(path_), "old");
  auto sink = create_archive_file(path_, {true, true}).value();
  ASSERT_TRUE(sink->write_at(0, as_bytes("new")));
  EXPECT_EQ(get(path_), "old");
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(get(path_), "new");
}

TEST_F(LocalFile, a_target_that_appears_meanwhile_is_kept) {
  auto sink = create_archive_file(path_, {}).value();
  ASSERT_TRUE(sink->write_at(0, as_bytes("new")));
  put(path_, "other");
  const auto committed = sink->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().message, "the file exists already");
  EXPECT_EQ(get(path_), "other");
  sink.reset();
  EXPECT_FALSE(fs::exists(path_ + ".partial"));
}

TEST_F(LocalFile, a_file_put_in_its_place_is_not_taken_for_the_archive) {
  auto sink = create_archive_file(path_, {}).value();
  ASSERT_TRUE(sink->write_at(0, as_bytes("mine")));
  fs::remove(path_ + ".partial");
  put(path_ + ".partial", "another's");
  const auto committed = sink->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::io);
  sink.reset();
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_EQ(get(path_ + ".partial"), "another's");
}

TEST_F(LocalFile, a_second_writer_is_refused_and_does_no_harm) {
  auto sink = create_archive_file(path_, {}).value();
  EXPECT_EQ(refused(path_).code, ErrorCode::usage);
  EXPECT_EQ(refused(path_, true).message,
            "is in use: another pgark writes it, or reads what it is to replace");
  ASSERT_TRUE(sink->write_at(0, as_bytes("mine")));
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(get(path_), "mine");
}

TEST_F(LocalFile, the_leftover_of_a_dead_run_is_replaced_not_written_into) {
  const std::string partial = path_ + ".partial";
  put(partial, "left over, and much longer than what follows");
  fs::create_hard_link(partial, folder_ + "/link");
  auto sink = create_archive_file(path_, {}).value();
  ASSERT_TRUE(sink->write_at(0, as_bytes("new")));
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(get(path_), "new");
  EXPECT_EQ(get(folder_ + "/link"), "left over, and much longer than what follows");
}

TEST_F(LocalFile, a_locked_leftover_is_left_alone) {
  const std::string partial = path_ + ".partial";
  put(partial, "alive");
  const int other = ::open(partial.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_EQ(refused(path_).message, "is in use: another pgark writes it, or reads what it is to replace");
  EXPECT_EQ(get(partial), "alive");
  ::close(other);
  EXPECT_TRUE(create_archive_file(path_, {}));
}

TEST_F(LocalFile, of_many_writers_at_once_one_wins) {
  put(path_ + ".partial", "leftover");
  std::vector<std::unique_ptr<format::Sink>> sinks(8);
  {
    std::vector<std::jthread> threads;
    for (auto& sink : sinks) {
      threads.emplace_back([this, &sink] {
        if (auto created = create_archive_file(path_, {})) sink = std::move(*created);
      });
    }
  }
  EXPECT_EQ(std::ranges::count_if(sinks, [](const auto& sink) { return sink != nullptr; }), 1);
}

// More than the windows that may wait for the disk, from threads that overtake each other.
TEST_F(LocalFile, a_file_of_many_windows_arrives_whole) {
  constexpr std::size_t kPartBytes = (std::size_t{3} << 20) + 4321;
  constexpr std::uint64_t kParts = 48;
  const auto part_of = [](std::uint64_t part) {
    return std::string(kPartBytes, static_cast<char>('A' + part));
  };
  auto sink = LocalFileSink::create(path_, {});
  ASSERT_TRUE(sink);
  {
    std::atomic<std::uint64_t> next{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        for (std::uint64_t part = next++; part < kParts; part = next++)
          EXPECT_TRUE((*sink)->write_at(part * kPartBytes, as_bytes(part_of(part))));
      });
    }
  }
  ASSERT_TRUE((*sink)->commit());
  EXPECT_EQ(fs::file_size(path_), kParts * kPartBytes);
  const auto source = LocalFileSource::open(path_);
  ASSERT_TRUE(source);
  std::string got(kPartBytes, ' ');
  for (std::uint64_t part = 0; part < kParts; ++part) {
    ASSERT_TRUE((*source)->read_at(part * kPartBytes, std::as_writable_bytes(std::span(got))));
    ASSERT_EQ(got, part_of(part)) << "part " << part;
  }
}

// As a chunk whose long values were left in its rows: short and long pieces, over the windows' borders.
TEST_F(LocalFile, pieces_stand_one_behind_the_other) {
  std::string whole;
  for (int i = 0; whole.size() < (std::size_t{5} << 20); ++i) whole += std::to_string(i) + ' ';
  for (const bool sync : {true, false}) {
    const std::string path = path_ + (sync ? ".sync" : ".no-sync");
    auto sink = value_or_throw(create_archive_file(path, {.sync = sync}));
    std::uint64_t offset = 0;
    ByteSpan left = as_bytes(whole);
    for (std::size_t i = 0; !left.empty(); ++i) {
      std::vector<ByteSpan> pieces;
      for (std::size_t k = 0; k < 300 && !left.empty(); ++k) {
        const std::size_t most = k == 200 ? 400'000 : (i + k) * 131 % 5000;
        pieces.push_back(left.first(std::min(left.size(), most)));
        left = left.subspan(pieces.back().size());
      }
      ASSERT_TRUE(sink->write_pieces_at(offset, pieces));
      for (const ByteSpan piece : pieces) offset += piece.size();
    }
    ASSERT_TRUE(sink->commit());
    const auto source = value_or_throw(LocalFileSource::open(path));
    ASSERT_EQ(source->size().value(), whole.size());
    std::string got(whole.size(), ' ');
    ASSERT_TRUE(source->read_at(0, std::as_writable_bytes(std::span(got))));
    EXPECT_TRUE(got == whole) << sync;
  }
}

TEST_F(LocalFile, impossible_targets) {
  EXPECT_EQ(refused("").code, ErrorCode::usage);
  EXPECT_EQ(refused(folder_).message, "is a directory");
  EXPECT_EQ(refused(folder_ + "/").code, ErrorCode::usage);
  EXPECT_EQ(refused(path_ + ".partial").code, ErrorCode::usage);
  EXPECT_EQ(refused("/dev/null", true).message, "exists and is not a regular file");
  const Error missing = refused(folder_ + "/no/where");
  EXPECT_EQ(missing.code, ErrorCode::io);
  EXPECT_EQ(missing.hint, "create the folder first");
  ASSERT_EQ(::symlink("/etc/hostname", (path_ + ".partial").c_str()), 0);
  EXPECT_EQ(refused(path_).code, ErrorCode::io);
  const Error scheme = refused("s3://key:secret@bucket/a");
  EXPECT_EQ(scheme.code, ErrorCode::usage);
  EXPECT_EQ(scheme.to_string().find("secret"), std::string::npos);
  EXPECT_EQ(unopened("ftp://host/a").code, ErrorCode::usage);
}

TEST_F(LocalFile, no_space_is_told_with_a_hint) {
  // A limit on the size of files stands in for a full disk where writing to /dev/full is not a file's
  // business.
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  auto sink = StdoutSink::open(full, StdoutSink::Content::archive).value();
  const auto written = sink->write_at(0, as_bytes("x"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::no_space);
  EXPECT_FALSE(written.error().hint.empty());
  ::close(full);
}

class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit old_{};
  decltype(SIG_DFL) handler_;
};

// At the first byte, in the windows sent while more is written, and in the rest that the commit writes.
TEST_F(LocalFile, a_failed_write_names_the_file) {
  const std::string part((std::size_t{1} << 20) + 11, 'x');
  for (const auto& [limit, parts] :
       {std::pair<rlim_t, std::uint64_t>{10, 1}, {5'000'000, 40}, {5'000'000, 5}}) {
    for (const bool sync : {true, false}) {
      const FileSizeLimit small(limit);
      auto sink = create_archive_file(path_, {false, sync});
      Result<> done;
      if (!sink) done = tl::unexpected<Error>(sink.error());
      for (std::uint64_t i = 0; done && i < parts; ++i)
        done = (*sink)->write_at(i * part.size(), as_bytes(part));
      if (done) done = (*sink)->commit();
      ASSERT_FALSE(done) << limit;
      EXPECT_EQ(done.error().code, ErrorCode::io);
      EXPECT_EQ(done.error().object, path_ + ".partial");
      if (sink) sink->reset();
      EXPECT_TRUE(fs::is_empty(folder_));
    }
  }
}

TEST_F(LocalFile, a_gap_is_not_taken_for_a_whole_file) {
  auto sink = create_archive_file(path_, {}).value();
  ASSERT_TRUE(sink->write_at(0, as_bytes("abc")));
  ASSERT_TRUE(sink->write_at(4, as_bytes("efg")));
  EXPECT_EQ(sink->commit().error().code, ErrorCode::io);
  sink.reset();
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(LocalFile, sources_that_cannot_be_read) {
  EXPECT_EQ(unopened(path_).code, ErrorCode::io);
  EXPECT_EQ(unopened(path_).hint, "check the path");
  EXPECT_EQ(unopened(folder_).message, "is a directory, not an archive");
  EXPECT_EQ(unopened("-").code, ErrorCode::usage);
  EXPECT_EQ(unopened("/dev/null").code, ErrorCode::usage);
  ASSERT_EQ(::mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(unopened(folder_ + "/pipe").code, ErrorCode::usage);
  put(path_ + ".partial", "x");
  const Error partial = unopened(path_ + ".partial");
  EXPECT_EQ(partial.code, ErrorCode::archive_damaged);
  EXPECT_FALSE(partial.hint.empty());
}

TEST_F(LocalFile, reads_ranges) {
  put(path_, "0123456789");
  const auto source = open_archive_file(path_).value();
  EXPECT_EQ(source->size().value(), 10U);
  std::vector<std::byte> out(4);
  ASSERT_TRUE(source->read_at(6, out));
  EXPECT_EQ(as_text(out), "6789");
  const auto beyond = source->read_at(7, out);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::archive_damaged);
  EXPECT_EQ(beyond.error().offset, 10U);
}

// Through a file and through a pipe: the same archive.
TEST_F(LocalFile, whole_archives) {
  const auto fill = [](std::unique_ptr<format::Sink> sink) {
    auto writer = value_or_throw(format::ArchiveWriter::create(std::move(sink)));
    format::ChunkCoder coder;
    for (std::uint32_t i = 0; i < 20; ++i) {
      const std::string rows = test::random_rows(i, 100, 100);
      value_or_throw(writer->append(value_or_throw(coder.encode(2, i, 0, as_bytes(rows), {}))));
    }
    return value_or_throw(writer->finish(test::small_toc(1)));
  };
  fill(create_archive_file(path_, {}).value());
  const auto archive = format::ArchiveReader::open(open_archive_file(path_).value());
  ASSERT_TRUE(archive) << archive.error().to_string();
  format::VerifyOptions options;
  options.threads = 2;
  const auto report = format::verify_archive(**archive, options).value();
  EXPECT_TRUE(report.sound());
  EXPECT_EQ(report.rows, 2000U);

  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::string piped;
  {
    const std::jthread reader([&] {
      char buffer[1000];
      for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
        piped.append(buffer, static_cast<std::size_t>(got));
      }
    });
    ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    auto sink = StdoutSink::open(ends[1], StdoutSink::Content::archive).value();
    EXPECT_TRUE(sink->sequential());
    fill(std::move(sink));
    ::close(ends[1]);
  }
  ::close(ends[0]);
  EXPECT_EQ(piped, get(path_));
}

}  // namespace
}  // namespace pgark::storage
