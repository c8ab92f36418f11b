#include "protocol/wire/copy_in_machine.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

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
using testing::to_text;
using testing::zs;

const std::string kSql = "COPY t FROM STDIN";
const std::string kBegin = msg('G', lit("\0\0\1\0\0"));
const std::string kRefusal = error_response("ERROR", "22P02", "invalid input");

enum class After : std::uint8_t { end, abort };

// Sends one row as soon as the stream is open, then ends or aborts.
struct Fixture {
  SessionState session;
  CopyInMachine machine{kSql, session};
  After after;
  explicit Fixture(After what) : after(what) {}

  Action resume(FrameReader& in, std::vector<std::byte>& out) {
    in.set_trusted();
    Action action = machine.resume(in, out);
    if (action.kind != Action::Kind::data) return action;
    CopyInMachine::append_copy_data_header(2, out);
    out.push_back(std::byte{'1'});
    out.push_back(std::byte{'\n'});
    if (after == After::end) {
      machine.end(out);
    } else {
      machine.abort("stopped", out);
    }
    return Action::need_read();
  }
};

std::shared_ptr<Fixture> make(After after) {
  return std::make_shared<Fixture>(after);
}

Player player(const std::shared_ptr<Fixture>& fixture) {
  return {.resume = [fixture](FrameReader& in, auto& out) { return fixture->resume(in, out); },
          .on_eof = [fixture] { return fixture->machine.on_eof(); }};
}

TEST(CopyInMachine, SendsAndEnds) {
  Script script;
  script.writes(query(kSql))
      .reads(kBegin)
      .writes(msg('d', "1\n") + msg('c', ""))
      .reads(msg('C', zs("COPY 1")) + ready('T'));
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make(After::end)); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    ASSERT_EQ(action.kind, Action::Kind::done) << action.error.to_string();
    EXPECT_EQ(fixture->machine.row_count(), 1u);
    EXPECT_FALSE(fixture->machine.server_failed());
    EXPECT_EQ(fixture->session.transaction_status, 'T');
  });
  testing::for_each_fault(script, fresh, ErrorCode::connection_lost, ErrorCode::connection_lost);
}

TEST(CopyInMachine, AFailureAtTheEndIsReported) {
  Script script;
  script.writes(query(kSql))
      .reads(kBegin)
      .writes(msg('d', "1\n") + msg('c', ""))
      .reads(kRefusal)
      .reads(ready('E'));
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make(After::end)); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    EXPECT_EQ(action.kind, Action::Kind::failed);
    EXPECT_EQ(action.error.code, ErrorCode::server);
    EXPECT_EQ(action.error.statement, kSql);
  });
}

TEST(CopyInMachine, AbortSwallowsTheErrorItProvokes) {
  Script script;
  script.writes(query(kSql)).reads(kBegin).writes(msg('d', "1\n") + msg('f', zs("stopped")));
  script.reads(error_response("ERROR", "57014", "COPY from stdin failed: stopped")).reads(ready('E'));
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make(After::abort)); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    EXPECT_EQ(action.kind, Action::Kind::done);
    EXPECT_EQ(fixture->machine.row_count(), 0u);
  });
  testing::for_each_fault(script, fresh, ErrorCode::connection_lost, ErrorCode::connection_lost);
}

TEST(CopyInMachine, AbortReportsAnErrorOfTheServersOwn) {
  Script script;
  script.writes(query(kSql))
      .reads(kBegin)
      .writes(msg('d', "1\n") + msg('f', zs("stopped")))
      .reads(kRefusal + ready());
  const Action action = testing::play(script, player(make(After::abort)));
  EXPECT_EQ(action.kind, Action::Kind::failed);
  EXPECT_EQ(action.error.server->sqlstate, "22P02");
}

// A machine that is streaming, with hand-driven reads.
struct Streaming : ::testing::Test {
  SessionState session;
  CopyInMachine machine{kSql, session};
  FrameReader reader;
  std::vector<std::byte> out;

  void SetUp() override {
    reader.set_trusted();
    (void)machine.resume(reader, out);
    out.clear();
    ASSERT_EQ(feed(kBegin).kind, Action::Kind::data);
  }
  Action feed(std::string_view bytes) {
    std::memcpy(reader.prepare(bytes.size()).data(), bytes.data(), bytes.size());
    reader.commit(bytes.size());
    return machine.resume(reader, out);
  }
};

using CopyInStreaming = Streaming;

TEST_F(CopyInStreaming, NoticesAreNoFailure) {
  EXPECT_EQ(feed(msg('N', zs("VNOTICE") + '\0')).kind, Action::Kind::need_read);
  EXPECT_FALSE(machine.server_failed());
}

TEST_F(CopyInStreaming, TheErrorIsSeenBeforeTheReplyIsDrained) {
  EXPECT_EQ(feed(kRefusal).kind, Action::Kind::need_read);
  EXPECT_TRUE(machine.server_failed());
  const Action action = feed(ready('E'));
  EXPECT_EQ(action.kind, Action::Kind::failed);
  EXPECT_EQ(action.error.server->sqlstate, "22P02");
  EXPECT_TRUE(out.empty());
}

TEST_F(CopyInStreaming, EndAfterAFailureSendsNothing) {
  (void)feed(kRefusal);
  machine.end(out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(feed(ready()).kind, Action::Kind::failed);
}

TEST_F(CopyInStreaming, AbortAfterAFailureReportsThatFailure) {
  (void)feed(kRefusal);
  machine.abort("stopped", out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(feed(ready()).kind, Action::Kind::failed);
}

TEST_F(CopyInStreaming, AbortCutsTheReasonAtAZeroByte) {
  machine.abort(std::string_view("why\0not", 7), out);
  EXPECT_EQ(to_text(out), msg('f', zs("why")));
}

TEST_F(CopyInStreaming, SuccessBeforeTheEndIsAProtocolError) {
  const Action action = feed(msg('C', zs("COPY 0")));
  EXPECT_EQ(action.kind, Action::Kind::broken);
  EXPECT_EQ(action.error.code, ErrorCode::protocol);
}

TEST_F(CopyInStreaming, ReadyWithoutCommandTagIsAProtocolError) {
  machine.end(out);
  EXPECT_EQ(feed(ready()).kind, Action::Kind::broken);
}

TEST(CopyInMachine, RefusesOtherStatements) {
  for (const std::string& reply :
       {msg('C', zs("BEGIN")) + ready(), msg('I', "") + ready(),
        msg('H', lit("\0\0\0")) + msg('d', "1\n") + msg('c', "") + msg('C', zs("COPY 1")) + ready()}) {
    const Action action = testing::play(Script().writes(query(kSql)).reads(reply), player(make(After::end)));
    EXPECT_EQ(action.kind, Action::Kind::failed) << action.error.to_string();
    EXPECT_EQ(action.error.code, ErrorCode::usage);
  }
}

TEST(CopyInMachine, AnErrorInsteadOfTheResponse) {
  const Action action =
      testing::play(Script().writes(query(kSql)).reads(kRefusal + ready()), player(make(After::end)));
  EXPECT_EQ(action.kind, Action::Kind::failed);
  EXPECT_EQ(action.error.code, ErrorCode::server);
}

}  // namespace
}  // namespace pgark::wire
