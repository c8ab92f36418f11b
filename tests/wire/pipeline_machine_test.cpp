#include "protocol/wire/pipeline_machine.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "wire/script.hpp"

namespace pgark::wire {
namespace {

using testing::be16;
using testing::be32;
using testing::error_response;
using testing::lit;
using testing::msg;
using testing::Player;
using testing::ready;
using testing::Script;
using testing::to_text;
using testing::zs;

const std::string kSync = msg('S', "");
const std::string kFlush = msg('H', "");

std::string sent(const PipelineStatement& statement) {
  std::string bind = lit("\0\0\0\0") + be16(static_cast<std::uint16_t>(statement.parameters.size()));
  for (const auto& value : statement.parameters)
    bind += be32(static_cast<std::uint32_t>(value.size())) + value;
  return msg('P', '\0' + zs(statement.sql) + be16(0)) + msg('B', bind + be16(0)) + msg('D', lit("P\0")) +
         msg('E', lit("\0\0\0\0\0"));
}

const std::string kPrepared = msg('1', "") + msg('2', "");
const std::string kRows = kPrepared + msg('T', lit("\0\1n\0\0\0\0\0\0\0\0\0\0\x17\0\4\xff\xff\xff\xff\0\0")) +
                          msg('D', lit("\0\1\0\0\0\1"
                                       "7")) +
                          msg('C', zs("SELECT 1"));
const std::string kNoRows = kPrepared + msg('n', "") + msg('C', zs("SET"));

struct Fixture {
  SessionState session;
  PipelineMachine machine;
  explicit Fixture(std::vector<PipelineStatement> statements) : machine(std::move(statements), session) {}
};

std::shared_ptr<Fixture> make(std::vector<PipelineStatement> statements) {
  return std::make_shared<Fixture>(std::move(statements));
}

Player player(const std::shared_ptr<Fixture>& fixture) {
  return {.resume =
              [fixture](FrameReader& in, auto& out) {
                in.set_trusted();
                return fixture->machine.resume(in, out);
              },
          .on_eof = [fixture] { return fixture->machine.on_eof(); }};
}

const std::vector<PipelineStatement> kThree{
    {"SELECT $1", {"7"}}, {"SET x = 1", {}}, {"SELECT 7 -- third", {}}};
const std::string kThreeSent = sent(kThree[0]) + sent(kThree[1]) + sent(kThree[2]) + kSync;

TEST(PipelineMachine, ResultsInOrder) {
  Script script;
  script.writes(kThreeSent).reads(kRows).reads(kNoRows).reads(kRows + ready());
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make(kThree)); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    ASSERT_EQ(action.kind, Action::Kind::done) << action.error.to_string();
    const auto results = fixture->machine.take_results();
    ASSERT_EQ(results.size(), 3u);
    EXPECT_EQ(results[0].text(0, 0), "7");
    EXPECT_EQ(results[1].command_tag, "SET");
    EXPECT_EQ(results[2].row_count(), 1u);
    EXPECT_EQ(fixture->machine.failed_index(), PipelineMachine::kNoIndex);
  });
  testing::for_each_fault(script, fresh, ErrorCode::connection_lost, ErrorCode::connection_lost);
}

TEST(PipelineMachine, NamesTheFailingStatement) {
  const std::string error = error_response("ERROR", "42703", "no");
  // In Parse, in Bind, in Execute after some rows.
  const std::string rows_cut = kRows.substr(0, kRows.size() - msg('C', zs("SELECT 1")).size());
  for (const std::string& answer : {std::string(), msg('1', ""), rows_cut}) {
    Script script;
    script.writes(kThreeSent).reads(kRows + kNoRows + answer + error).reads(ready('E'));
    std::shared_ptr<Fixture> fixture;
    const auto fresh = [&] { return player(fixture = make(kThree)); };
    testing::for_each_cut(script, fresh, [&](const Action& action) {
      ASSERT_EQ(action.kind, Action::Kind::failed);
      EXPECT_EQ(action.error.code, ErrorCode::server);
      EXPECT_EQ(action.error.statement, "SELECT 7 -- third");
      EXPECT_EQ(fixture->machine.failed_index(), 2u);
      EXPECT_EQ(fixture->machine.take_results().size(), 2u);
    });
  }
}

TEST(PipelineMachine, AFailureAtSyncConcernsNoStatement) {
  Script script;
  script.writes(sent(kThree[1]) + kSync)
      .reads(kNoRows + error_response("ERROR", "23503", "deferred") + ready());
  const auto fixture = make({kThree[1]});
  const Action action = testing::play(script, player(fixture));
  EXPECT_EQ(action.kind, Action::Kind::failed);
  EXPECT_EQ(fixture->machine.failed_index(), PipelineMachine::kNoIndex);
  EXPECT_EQ(action.error.statement, "");
}

TEST(PipelineMachine, AnEmptyPipelineSendsNothing) {
  EXPECT_EQ(testing::play({}, player(make({}))).kind, Action::Kind::done);
}

TEST(PipelineMachine, AnEmptyStatementHasAnEmptyResult) {
  Script script;
  script.writes(sent({"", {}}) + kSync).reads(kPrepared + msg('n', "") + msg('I', "") + ready());
  const auto fixture = make({{"", {}}});
  EXPECT_EQ(testing::play(script, player(fixture)).kind, Action::Kind::done);
  EXPECT_EQ(fixture->machine.take_results().size(), 1u);
}

// Statements of which one and a half fill the window: the next is sent when the one before was answered.
TEST(PipelineMachine, KeepsABoundedWindowUnanswered) {
  const PipelineStatement big{"SELECT '" + std::string(40'000, 'x') + "'", {}};
  Script script;
  script.writes(sent(big) + kFlush).reads(kRows);
  script.writes(sent(big) + kFlush).reads(kRows);
  script.writes(sent(big) + kSync).reads(kRows + ready());
  const auto fixture = make({big, big, big});
  EXPECT_EQ(testing::play(script, player(fixture)).kind, Action::Kind::done);
  EXPECT_EQ(fixture->machine.take_results().size(), 3u);
}

TEST(PipelineMachine, SendsSyncAndNoMoreAfterAnEarlyError) {
  const PipelineStatement big{"SELECT '" + std::string(40'000, 'x') + "'", {}};
  Script script;
  script.writes(sent(big) + kFlush).reads(error_response("ERROR", "42601", "syntax"));
  script.writes(kSync).reads(ready());
  const auto fixture = make({big, big, big});
  const Action action = testing::play(script, player(fixture));
  EXPECT_EQ(action.kind, Action::Kind::failed);
  EXPECT_EQ(fixture->machine.failed_index(), 0u);
}

TEST(PipelineMachine, RefusesMessagesOutOfPlace) {
  for (const std::string& wrong :
       {msg('2', ""), msg('D', lit("\0\0")), msg('C', zs("SET")), msg('1', "") + msg('1', ""),
        kPrepared + msg('D', lit("\0\0")), kPrepared + msg('n', "") + msg('D', lit("\0\0")),
        kPrepared + msg('n', "") + msg('s', ""), kPrepared + msg('n', "") + msg('c', ""),
        kPrepared + msg('n', "") + msg('d', "x"), kNoRows + kNoRows + kNoRows + kNoRows, ready(),
        kNoRows + ready()}) {
    const auto fixture = make(kThree);
    const Action action = testing::play(Script().writes(kThreeSent).reads(wrong), player(fixture));
    EXPECT_EQ(action.kind, Action::Kind::broken);
    EXPECT_EQ(action.error.code, ErrorCode::protocol) << action.error.to_string();
  }
}

TEST(PipelineMachine, CopyOutFailsAndIsDrained) {
  Script script;
  script.writes(kThreeSent).reads(kNoRows);
  script.reads(kPrepared + msg('n', "") + msg('H', lit("\0\0\0")) + msg('d', "x\n") + msg('c', "") +
               msg('C', zs("COPY 1")));
  script.reads(kNoRows + ready());
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make(kThree)); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    EXPECT_EQ(action.kind, Action::Kind::failed);
    EXPECT_EQ(action.error.code, ErrorCode::usage);
    EXPECT_EQ(fixture->machine.failed_index(), 1u);
    EXPECT_EQ(fixture->machine.take_results().size(), 1u);
  });
}

TEST(PipelineMachine, CopyInBreaksTheConnection) {
  Script script;
  script.writes(kThreeSent).reads(kPrepared + msg('n', "") + msg('G', lit("\0\0\0")));
  const Action action = testing::play(script, player(make(kThree)));
  EXPECT_EQ(action.kind, Action::Kind::broken);
  EXPECT_EQ(action.error.code, ErrorCode::usage);
}

TEST(PipelineMachine, RefusesUnsendableStatementsBeforeSending) {
  const auto refused = [](PipelineStatement statement) {
    const auto fixture = make({{"SELECT 1", {}}, std::move(statement)});
    const Action action = testing::play({}, player(fixture));
    EXPECT_EQ(action.kind, Action::Kind::failed);
    EXPECT_EQ(action.error.code, ErrorCode::usage);
    EXPECT_EQ(fixture->machine.failed_index(), 1u);
  };
  refused({lit("SELECT\0"), {}});
  refused({"SELECT $1", {lit("a\0")}});
  refused({"SELECT 1", std::vector<std::string>(65'536)});
}

}  // namespace
}  // namespace pgark::wire
