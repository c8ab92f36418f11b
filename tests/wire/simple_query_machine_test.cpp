#include "protocol/wire/simple_query_machine.hpp"

#include <gtest/gtest.h>

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
using testing::query;
using testing::ready;
using testing::Script;
using testing::zs;

const std::string kIntColumn = msg('T', lit("\0\1n\0\0\0\0\0\0\0\0\0\0\x17\0\4\xff\xff\xff\xff\0\0"));

std::string row(std::string_view value) {
  return msg('D', be16(1) + be32(static_cast<std::uint32_t>(value.size())) + std::string(value));
}
std::string complete(std::string_view tag) {
  return msg('C', zs(tag));
}

struct Fixture {
  SessionState session;
  SimpleQueryMachine machine;
  explicit Fixture(std::string sql, SimpleQueryMachine::Rows rows) : machine(std::move(sql), session, rows) {}
};

std::shared_ptr<Fixture> make(std::string sql,
                              SimpleQueryMachine::Rows rows = SimpleQueryMachine::Rows::keep) {
  return std::make_shared<Fixture>(std::move(sql), rows);
}

Player player(const std::shared_ptr<Fixture>& fixture) {
  return {.resume =
              [fixture](FrameReader& in, auto& out) {
                in.set_trusted();
                return fixture->machine.resume(in, out);
              },
          .on_eof = [fixture] { return fixture->machine.on_eof(); }};
}

TEST(SimpleQueryMachine, ManyResultSets) {
  Script script;
  script.writes(query("a;b;;"))
      .reads(kIntColumn + row("1") + row("22") + complete("SELECT 2"))
      .reads(complete("BEGIN"))
      .reads(msg('I', "") + ready('T'));
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make("a;b;;")); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    ASSERT_EQ(action.kind, Action::Kind::done) << action.error.to_string();
    const auto results = fixture->machine.take_results();
    ASSERT_EQ(results.size(), 3u);
    EXPECT_EQ(results[0].command_tag, "SELECT 2");
    ASSERT_EQ(results[0].row_count(), 2u);
    EXPECT_EQ(results[0].text(1, 0), "22");
    EXPECT_EQ(results[1].command_tag, "BEGIN");
    EXPECT_TRUE(results[1].columns.empty());
    EXPECT_EQ(results[2].command_tag, "");
    EXPECT_EQ(fixture->session.transaction_status, 'T');
  });
  testing::for_each_fault(script, fresh, ErrorCode::connection_lost, ErrorCode::connection_lost);
}

TEST(SimpleQueryMachine, DiscardsRowsButChecksThem) {
  Script script;
  script.writes(query("x")).reads(kIntColumn + row("1") + complete("SELECT 1") + ready());
  const auto fixture = make("x", SimpleQueryMachine::Rows::discard);
  EXPECT_EQ(testing::play(script, player(fixture)).kind, Action::Kind::done);
  const auto results = fixture->machine.take_results();
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].row_count(), 0u);
  EXPECT_EQ(results[0].command_tag, "SELECT 1");
  Script bad;
  bad.writes(query("x")).reads(kIntColumn + msg('D', be16(2) + be32(0) + be32(0)));
  EXPECT_EQ(testing::play(bad, player(make("x", SimpleQueryMachine::Rows::discard))).error.code,
            ErrorCode::protocol);
}

TEST(SimpleQueryMachine, DrainsAfterAnError) {
  Script script;
  script.writes(query("\n  SELECT 1; SELECT nope;\n-- more"))
      .reads(kIntColumn + row("1") + complete("SELECT 1"))
      .reads(error_response("ERROR", "42703", "column \"nope\" does not exist"))
      .reads(ready('E'));
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make("\n  SELECT 1; SELECT nope;\n-- more")); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    ASSERT_EQ(action.kind, Action::Kind::failed);
    EXPECT_EQ(action.error.code, ErrorCode::server);
    EXPECT_EQ(action.error.server->sqlstate, "42703");
    EXPECT_EQ(action.error.statement, "SELECT 1; SELECT nope;");
    EXPECT_EQ(fixture->session.transaction_status, 'E');
    EXPECT_EQ(fixture->machine.take_results().size(), 1u);
  });
}

TEST(SimpleQueryMachine, AnErrorThenEndOfFileIsALostConnection) {
  Script script;
  script.writes(query("x")).reads(error_response("ERROR", "XX000", "cache lookup failed"));
  const Action action = testing::play(script, player(make("x")));
  EXPECT_EQ(action.kind, Action::Kind::broken);
  EXPECT_EQ(action.error.code, ErrorCode::connection_lost);
  EXPECT_NE(action.error.message.find("cache lookup failed"), std::string::npos);
}

TEST(SimpleQueryMachine, AFatalErrorOutweighsAnEarlierOne) {
  Script script;
  script.writes(query("x")).reads(error_response("ERROR", "XX000", "first"));
  script.reads(error_response("FATAL", "57P01", "shutdown"));
  EXPECT_EQ(testing::play(script, player(make("x"))).error.message, "shutdown");
}

TEST(SimpleQueryMachine, AnswersCopyInWithCopyFail) {
  Script script;
  script.writes(query("COPY t FROM STDIN"))
      .reads(msg('G', lit("\0\0\1\0\0")))
      .writes(msg('f', zs("COPY FROM STDIN is not possible here")))
      .reads(error_response("ERROR", "57014", "COPY from stdin failed") + ready());
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] { return player(fixture = make("COPY t FROM STDIN")); };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    EXPECT_EQ(action.kind, Action::Kind::failed);
    EXPECT_EQ(action.error.code, ErrorCode::usage);
  });
}

TEST(SimpleQueryMachine, DropsTheDataOfCopyOut) {
  Script script;
  script.writes(query("COPY t TO STDOUT"))
      .reads(msg('H', lit("\0\0\1\0\0")) + msg('d', "1\n") + msg('d', std::string(300, 'x')))
      .reads(msg('d', "") + msg('c', "") + complete("COPY 3") + ready());
  const auto fresh = [] { return player(make("COPY t TO STDOUT")); };
  testing::for_each_cut(script, fresh, [](const Action& action) {
    EXPECT_EQ(action.kind, Action::Kind::failed);
    EXPECT_EQ(action.error.code, ErrorCode::usage);
  });
}

TEST(SimpleQueryMachine, RefusesMessagesOutOfPlace) {
  for (const std::string& wrong :
       {row("1"), kIntColumn + kIntColumn, msg('1', ""), msg('W', lit("\0\0\0")), msg('d', "x"), msg('c', ""),
        msg('R', be32(0)), msg('V', be32(0)), msg('s', ""), msg('?', "")}) {
    const Action action = testing::play(Script().writes(query("x")).reads(wrong), player(make("x")));
    EXPECT_EQ(action.kind, Action::Kind::broken);
    EXPECT_EQ(action.error.code, ErrorCode::protocol) << action.error.to_string();
  }
}

TEST(SimpleQueryMachine, DeliversAsynchronousMessages) {
  const std::string notice = msg('N', zs("VNOTICE") + zs("C00000") + zs("Mhello") + '\0');
  Script script;
  script.writes(query("x"))
      .reads(kIntColumn + notice + row("1") + msg('S', zs("TimeZone") + zs("UTC")) + complete("SELECT 1"))
      .reads(msg('A', be32(9) + zs("chan") + zs("load")) + msg('S', zs("TimeZone") + zs("CET")) + ready());
  const auto fixture = make("x");
  std::string heard;
  fixture->session.on_notice = [&](const ServerMessage& message) { heard += message.message; };
  fixture->session.on_notification = [&](std::string_view channel, std::string_view payload) {
    heard += ":" + std::string(channel) + std::string(payload);
  };
  EXPECT_EQ(testing::play(script, player(fixture)).kind, Action::Kind::done);
  EXPECT_EQ(heard, "hello:chanload");
  EXPECT_EQ(fixture->session.parameter("TimeZone"), "CET");
}

TEST(SimpleQueryMachine, RefusesAZeroByteWithoutSending) {
  const Action action = testing::play({}, player(make(lit("SELECT 1\0; DROP TABLE t"))));
  EXPECT_EQ(action.kind, Action::Kind::failed);
  EXPECT_EQ(action.error.code, ErrorCode::usage);
}

TEST(StatementExcerpt, ShowsOneShortLine) {
  EXPECT_EQ(statement_excerpt(""), "");
  EXPECT_EQ(statement_excerpt(" \n SELECT 1\nFROM t"), "SELECT 1");
  EXPECT_EQ(statement_excerpt(std::string(500, 'x')), std::string(kStatementExcerptBytesMax, 'x') + "...");
  const std::string umlauts = std::string(kStatementExcerptBytesMax - 1, 'x') + "\xc3\xa4";
  EXPECT_EQ(statement_excerpt(umlauts), std::string(kStatementExcerptBytesMax - 1, 'x') + "...");
}

TEST(StatementExcerpt, HidesPasswords) {
  EXPECT_EQ(statement_excerpt("ALTER ROLE a\nPassWord 'secret'").find("secret"), std::string::npos);
  EXPECT_EQ(statement_excerpt("ALTER ROLE a PASSWORD 'secret'").find("secret"), std::string::npos);
}

}  // namespace
}  // namespace pgark::wire
