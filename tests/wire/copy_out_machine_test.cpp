#include "protocol/wire/copy_out_machine.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "protocol/wire/binary_copy.hpp"
#include "wire/script.hpp"

namespace pgark::wire {
namespace {

using testing::error_response;
using testing::lit;
using testing::msg;
using testing::Player;
using testing::query;
using testing::ready;
using testing::Script;
using testing::zs;

const std::string kSql = "COPY t TO STDOUT";
const std::string kBegin = msg('H', lit("\0\0\1\0\0"));

// Reads the stream with the given limit; keeps what each full buffer held.
struct Fixture {
  SessionState session;
  CopyOutMachine machine{kSql, session};
  std::size_t soft_limit_bytes;
  bool is_open = false;
  ByteBuffer buffer;
  std::vector<std::string> buffers;
  explicit Fixture(std::size_t limit) : soft_limit_bytes(limit) {}

  void take() {
    buffers.emplace_back(as_text(buffer));
    buffer.clear();
  }
  Action resume(FrameReader& in, std::vector<std::byte>& out) {
    in.set_trusted();
    if (!is_open) {
      Action action = machine.resume(in, out);
      if (action.kind != Action::Kind::data) return action;
      is_open = true;
    }
    for (;;) {
      Action action = machine.read(in, buffer, soft_limit_bytes);
      if (action.kind == Action::Kind::done) take();
      if (action.kind != Action::Kind::data) return action;
      EXPECT_GE(buffer.size(), soft_limit_bytes);
      take();
    }
  }
};

std::shared_ptr<Fixture> make(std::size_t limit) {
  return std::make_shared<Fixture>(limit);
}

Player player(const std::shared_ptr<Fixture>& fixture) {
  return {.resume = [fixture](FrameReader& in, auto& out) { return fixture->resume(in, out); },
          .on_eof = [fixture] { return fixture->machine.on_eof(); }};
}

Script whole_copy() {
  Script script;
  script.writes(query(kSql))
      .reads(kBegin + msg('d', "11\n") + msg('d', "222222\n"))
      .reads(msg('d', "") + msg('d', "3\n") + msg('N', zs("VNOTICE") + '\0') +
             msg('d', std::string(300, '4') + "\n"))
      .reads(msg('c', "") + msg('C', zs("COPY 4")) + ready('T'));
  return script;
}

TEST(CopyOutMachine, CutsBuffersAtMessageBoundaries) {
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make(4)); };
  testing::for_each_cut(whole_copy(), fresh, [&](const Action& action) {
    ASSERT_EQ(action.kind, Action::Kind::done) << action.error.to_string();
    EXPECT_EQ(fixture->buffers,
              (std::vector<std::string>{"11\n222222\n", "3\n" + std::string(300, '4') + "\n", ""}));
    EXPECT_EQ(fixture->machine.row_count(), 4u);
    EXPECT_EQ(fixture->session.transaction_status, 'T');
    EXPECT_FALSE(fixture->machine.is_binary());
  });
  testing::for_each_fault(whole_copy(), fresh, ErrorCode::connection_lost, ErrorCode::connection_lost);
}

TEST(CopyOutMachine, CollectsEverythingUnderALargeLimit) {
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make(1 << 20)); };
  testing::for_each_cut(whole_copy(), fresh, [&](const Action& action) {
    ASSERT_EQ(action.kind, Action::Kind::done);
    EXPECT_EQ(fixture->buffers, (std::vector<std::string>{"11\n222222\n3\n" + std::string(300, '4') + "\n"}));
  });
}

TEST(CopyOutMachine, ErrorsInTheMiddleDrain) {
  Script script;
  script.writes(query(kSql))
      .reads(kBegin + msg('d', "1\n"))
      .reads(error_response("ERROR", "57014", "canceled") + ready('E'));
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make(100)); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    EXPECT_EQ(action.kind, Action::Kind::failed);
    EXPECT_EQ(action.error.code, ErrorCode::server);
    EXPECT_EQ(action.error.statement, kSql);
    EXPECT_EQ(fixture->session.transaction_status, 'E');
  });
}

TEST(CopyOutMachine, ErrorsAtTheBeginningAndAfterTheStream) {
  Script early;
  early.writes(query(kSql)).reads(error_response("ERROR", "42P01", "no table") + ready());
  EXPECT_EQ(testing::play(early, player(make(1))).kind, Action::Kind::failed);
  Script late;
  late.writes(query(kSql)).reads(kBegin + msg('c', "") + error_response("ERROR", "XX000", "late") + ready());
  EXPECT_EQ(testing::play(late, player(make(1))).kind, Action::Kind::failed);
}

TEST(CopyOutMachine, AnEndWithoutCommandTagIsNoSuccess) {
  for (const std::string& end : {ready(), msg('c', "") + ready(), msg('C', zs("COPY 0")) + ready()}) {
    const Action action = testing::play(Script().writes(query(kSql)).reads(kBegin + end), player(make(1)));
    EXPECT_EQ(action.kind, Action::Kind::broken);
    EXPECT_EQ(action.error.code, ErrorCode::protocol);
  }
}

TEST(CopyOutMachine, RefusesMessagesOutOfPlace) {
  for (const std::string& wrong :
       {msg('D', lit("\0\0")), msg('c', "") + msg('d', "x"), msg('c', "") + msg('c', ""), msg('c', "x"),
        msg('H', lit("\0\0\0")), std::string(lit("d\0\0\0\3"))}) {
    const Action action =
        testing::play(Script().writes(query(kSql)).reads(kBegin + wrong), player(make(100)));
    EXPECT_EQ(action.kind, Action::Kind::broken);
    EXPECT_EQ(action.error.code, ErrorCode::protocol);
  }
}

TEST(CopyOutMachine, RefusesOtherStatements) {
  const auto refused = [](const Script& script) {
    const Action action = testing::play(script, player(make(1)));
    EXPECT_EQ(action.kind, Action::Kind::failed) << action.error.to_string();
    EXPECT_EQ(action.error.code, ErrorCode::usage);
  };
  refused(Script()
              .writes(query(kSql))
              .reads(msg('T', lit("\0\0")) + msg('D', lit("\0\0")) + msg('C', zs("SELECT 1")) + ready()));
  refused(Script().writes(query(kSql)).reads(msg('I', "") + ready()));
  refused(Script()
              .writes(query(kSql))
              .reads(msg('G', lit("\0\0\0")))
              .writes(msg('f', zs("COPY TO STDOUT was expected")))
              .reads(error_response("ERROR", "57014", "failed") + ready()));
}

const std::string kBinaryBegin = msg('H', lit("\1\0\1\0\1"));
const std::string kHeader(kBinaryCopyHeader);
const std::string kEnd = msg('d', lit("\xff\xff"));
// One column of two bytes that look like the end.
const std::string kRow = lit("\0\1\0\0\0\2\xff\xff");

Script binary_copy(const std::string& messages) {
  return Script()
      .writes(query(kSql))
      .reads(kBinaryBegin + messages + msg('c', "") + msg('C', zs("COPY 3")) + ready());
}

// Whatever the limit, the rows come alone: with the limit at 2 bytes less than three rows the end crosses it.
TEST(CopyOutMachine, OfABinaryStreamOnlyTheRowsCome) {
  const Script script = binary_copy(msg('d', kHeader + kRow) + msg('d', kRow) + msg('d', kRow) + kEnd);
  for (std::size_t limit = 1; limit <= 3 * kRow.size() + 3; ++limit) {
    std::shared_ptr<Fixture> fixture;
    const auto fresh = [&] { return player(fixture = make(limit)); };
    testing::for_each_cut(script, fresh, [&](const Action& action) {
      ASSERT_EQ(action.kind, Action::Kind::done) << action.error.to_string();
      EXPECT_TRUE(fixture->machine.is_binary());
      std::string rows;
      for (const std::string& buffer : fixture->buffers) {
        EXPECT_EQ(buffer.size() % kRow.size(), 0U) << limit;
        rows += buffer;
      }
      EXPECT_EQ(rows, kRow + kRow + kRow) << limit;
    });
  }
}

TEST(CopyOutMachine, BinaryStreamsWithoutRows) {
  const std::string extended = kHeader.substr(0, 15) + lit("\0\0\0\3") + "abc";
  for (const std::string& stream : {msg('d', kHeader + lit("\xff\xff")), msg('d', extended + lit("\xff\xff")),
                                    msg('d', kHeader) + kEnd}) {
    std::shared_ptr<Fixture> fixture;
    const auto fresh = [&] { return player(fixture = make(1)); };
    testing::for_each_cut(binary_copy(stream), fresh, [&](const Action& action) {
      ASSERT_EQ(action.kind, Action::Kind::done) << action.error.to_string();
      EXPECT_EQ(fixture->buffers, std::vector<std::string>{""});
    });
  }
  // Rows without columns are two bytes long, as the end is.
  const auto fixture = make(100);
  const Script script = binary_copy(msg('d', kHeader + lit("\0\0")) + msg('d', lit("\0\0")) + kEnd);
  EXPECT_EQ(testing::play(script, player(fixture)).kind, Action::Kind::done);
  EXPECT_EQ(fixture->buffers, std::vector<std::string>{lit("\0\0\0\0")});
}

TEST(CopyOutMachine, RefusesBinaryStreamsThatAreNone) {
  std::string critical = kHeader;
  critical[12] = '\1';
  for (const std::string& stream :
       {std::string(), msg('d', kRow) + kEnd, msg('d', kHeader + kRow), msg('d', critical + kRow) + kEnd,
        msg('d', kHeader.substr(0, 18)), msg('d', kHeader.substr(0, 15) + lit("\xff\xff\xff\xff")),
        msg('d', kHeader + kRow) + kEnd + msg('d', kRow)}) {
    const Action action = testing::play(binary_copy(stream), player(make(1)));
    EXPECT_EQ(action.kind, Action::Kind::broken);
    EXPECT_EQ(action.error.code, ErrorCode::protocol);
  }
}

// A row of 8 MiB passes through a receive buffer of 64 bytes that never grows beyond one receive.
TEST(CopyOutMachine, WideRowsAreNotHeldTwice) {
  SessionState session;
  CopyOutMachine machine(kSql, session);
  FrameReader reader(64);
  reader.set_trusted();
  std::vector<std::byte> out;
  ByteBuffer buffer;
  (void)machine.resume(reader, out);
  const auto feed = [&](std::string_view bytes) {
    std::memcpy(reader.prepare(bytes.size()).data(), bytes.data(), bytes.size());
    reader.commit(bytes.size());
  };
  feed(kBegin);
  ASSERT_EQ(machine.resume(reader, out).kind, Action::Kind::data);
  constexpr std::size_t kRowBytes = std::size_t{8} << 20;
  feed("d" + testing::be32(kRowBytes + 4));
  const std::string piece(4096, 'x');
  for (std::size_t sent = 0; sent < kRowBytes; sent += piece.size()) {
    ASSERT_EQ(machine.read(reader, buffer, 1000).kind, Action::Kind::need_read);
    feed(piece);
    ASSERT_LE(reader.capacity_bytes(), 2 * piece.size());
  }
  EXPECT_EQ(machine.read(reader, buffer, 1000).kind, Action::Kind::data);
  EXPECT_EQ(buffer.size(), kRowBytes);
  EXPECT_EQ(buffer.capacity(), kRowBytes) << "room is made once, for the whole row";
}

// A fuzzer's find: a claimed length once doubled the buffer on every receive, however little came.
TEST(CopyOutMachine, AClaimedLengthAloneTakesNoMemory) {
  SessionState session;
  CopyOutMachine machine(kSql, session);
  FrameReader reader(64);
  reader.set_trusted();
  std::vector<std::byte> out;
  ByteBuffer buffer;
  (void)machine.resume(reader, out);
  const auto feed = [&](std::string_view bytes) {
    std::memcpy(reader.prepare(bytes.size()).data(), bytes.data(), bytes.size());
    reader.commit(bytes.size());
  };
  feed(kBegin);
  ASSERT_EQ(machine.resume(reader, out).kind, Action::Kind::data);
  feed("d" + testing::be32(kRowPayloadBytesMax + 4));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(machine.read(reader, buffer, 1000).kind, Action::Kind::need_read);
    feed("x");
  }
  EXPECT_LE(buffer.capacity(), std::size_t{64} << 20);
}

}  // namespace
}  // namespace pgark::wire
