#include "protocol/wire/startup_machine.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "wire/script.hpp"

namespace pgark::wire {
namespace {

using testing::be32;
using testing::error_response;
using testing::lit;
using testing::msg;
using testing::Player;
using testing::ready;
using testing::Script;
using testing::zs;

const std::string kSslRequest = lit("\0\0\0\x08\x04\xd2\x16\x2f");
const std::string kAuthOk = msg('R', be32(0));
const std::string kKeyData = msg('K', be32(4711) + "\1\2\3\4");
const std::string kSession = msg('S', zs("server_version") + zs("15.18")) + kKeyData + ready();

std::string startup_packet(std::uint32_t version = kProtocol30) {
  const std::string body = be32(version) + zs("user") + zs("alice") + zs("database") + zs("app") + '\0';
  return be32(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

StartupOptions alice() {
  StartupOptions options;
  options.user = "alice";
  options.password = "pencil";
  options.parameters = {{"database", "app"}, {"options", ""}};
  options.scram_nonce = "clientnonce";
  return options;
}

std::vector<std::byte> end_point() {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}

// A machine and its session, kept alive by the player's functions.
struct Fixture {
  SessionState session;
  StartupMachine machine;
  explicit Fixture(StartupOptions options) : machine(std::move(options), session) {}
};

Player player(const std::shared_ptr<Fixture>& fixture, std::vector<std::byte> binding = end_point()) {
  return {.resume = [fixture](FrameReader& in, auto& out) { return fixture->machine.resume(in, out); },
          .on_eof = [fixture] { return fixture->machine.on_eof(); },
          .on_tls = [fixture, binding] { fixture->machine.tls_started(binding); }};
}

std::shared_ptr<Fixture> make(StartupOptions options) {
  return std::make_shared<Fixture>(std::move(options));
}

// Plays to the end and expects this error.
void expect_broken(const Script& script, StartupOptions options, ErrorCode code, std::string_view text,
                   std::vector<std::byte> binding = end_point()) {
  const auto fixture = make(std::move(options));
  const Action action = testing::play(script, player(fixture, std::move(binding)));
  EXPECT_EQ(action.kind, Action::Kind::broken);
  EXPECT_EQ(action.error.code, code) << action.error.to_string();
  EXPECT_NE(action.error.message.find(text), std::string::npos) << action.error.message;
  EXPECT_EQ(action.error.to_string().find("pencil"), std::string::npos);
}

// The session is replayed whole, cut at every byte, and failing at every step.
void expect_opens(const Script& script, const StartupOptions& options) {
  std::shared_ptr<Fixture> fixture;
  const auto fresh = [&] {
    fixture = make(options);
    return player(fixture);
  };
  testing::for_each_cut(script, fresh, [&](const Action& action) {
    ASSERT_EQ(action.kind, Action::Kind::done) << action.error.to_string();
    EXPECT_EQ(fixture->session.backend_pid, 4711u);
    EXPECT_EQ(fixture->session.cancel_key.size(), 4u);
    EXPECT_EQ(fixture->session.parameter("server_version"), "15.18");
    EXPECT_EQ(fixture->session.transaction_status, 'I');
  });
  testing::for_each_fault(script, fresh, ErrorCode::connect, ErrorCode::connect);
}

const std::string kMechanisms = msg('R', be32(10) + zs("SCRAM-SHA-256") + '\0');
const std::string kMechanismsPlus =
    msg('R', be32(10) + zs("SCRAM-SHA-256-PLUS") + zs("SCRAM-SHA-256") + '\0');
const std::string kServerFirst =
    msg('R', be32(11) + "r=clientnonceservernonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");

std::string sasl_initial(std::string_view mechanism, std::string_view data) {
  return msg('p', zs(mechanism) + be32(static_cast<std::uint32_t>(data.size())) + std::string(data));
}

Script& add_scram(Script& script) {
  return script.reads(kMechanisms)
      .writes(sasl_initial("SCRAM-SHA-256", "n,,n=,r=clientnonce"))
      .reads(kServerFirst)
      .writes(msg('p', "c=biws,r=clientnonceservernonce,p=BhgmRoxcNSVc+56R00o0ZuK7t0BDVOtZiha6fTf1iCs="))
      .reads(msg('R', be32(12) + "v=gGHUKBptgTMjr30D0Ak3Q1+Ket9J/tRIjyY7NSiobHo="));
}

Script& add_scram_plus(Script& script) {
  return script.reads(kMechanismsPlus)
      .writes(sasl_initial("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=clientnonce"))
      .reads(kServerFirst)
      .writes(msg('p',
                  "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,"
                  "r=clientnonceservernonce,p=GJIfYGdm8Ay/Q8zJo37fAy1hMUHIMxfvj6zTjd7T+K0="))
      .reads(msg('R', be32(12) + "v=3LrTBISAR73Bq+q6TR1zVd0mNFjZNpqUWbDsGMLDKXE="));
}

Script tls_script() {
  Script script;
  script.writes(kSslRequest).reads("S").tls().writes(startup_packet());
  return script;
}

TEST(StartupMachine, Trust) {
  Script script;
  script.writes(startup_packet()).reads(kAuthOk).reads(kSession);
  expect_opens(script, alice());
}

TEST(StartupMachine, Cleartext) {
  Script script;
  script.writes(startup_packet())
      .reads(msg('R', be32(3)))
      .writes(msg('p', zs("pencil")))
      .reads(kAuthOk + kSession);
  expect_opens(script, alice());
}

TEST(StartupMachine, Md5) {
  // md5 of "pencilalice" in hex, then of that and the salt "salt"; computed with md5sum.
  Script script;
  script.writes(startup_packet())
      .reads(msg('R', be32(5) + "salt"))
      .writes(msg('p', zs("md5b49de27f011469d6386d334319e95a6a")))
      .reads(kAuthOk + kSession);
  expect_opens(script, alice());
}

TEST(StartupMachine, ScramSha256) {
  Script script;
  script.writes(startup_packet());
  add_scram(script).reads(kAuthOk + kSession);
  expect_opens(script, alice());
}

TEST(StartupMachine, ScramSha256PlusOverTls) {
  Script script = tls_script();
  add_scram_plus(script).reads(kAuthOk).reads(kSession);
  StartupOptions options = alice();
  options.tls = TlsPolicy::required;
  options.channel_binding = ChannelBindingPolicy::require;
  options.auth_methods = 1u << static_cast<unsigned>(AuthMethod::scram_sha_256);
  expect_opens(script, options);
}

TEST(StartupMachine, AnnouncesThatItCouldHaveBound) {
  Script script = tls_script();
  script.reads(kMechanisms).writes(sasl_initial("SCRAM-SHA-256", "y,,n=,r=clientnonce")).reads(kServerFirst);
  script.writes(msg('p', "c=eSws,r=clientnonceservernonce,p=k4/jLcpmiqrDAY/ZQNQNwL/UKlYsU+uOY2UY3mNS3JA="));
  script.reads(msg('R', be32(12) + "v=IDxYaLjJ5TLwoEi1ShuFJcQkWHa2KzmnzDKJoxselT8="))
      .reads(kAuthOk + kSession);
  StartupOptions options = alice();
  options.tls = TlsPolicy::optional;
  expect_opens(script, options);
}

TEST(StartupMachine, ChannelBindingDisabledUsesPlainScram) {
  Script script = tls_script();
  script.reads(kMechanismsPlus).writes(sasl_initial("SCRAM-SHA-256", "n,,n=,r=clientnonce"));
  StartupOptions options = alice();
  options.tls = TlsPolicy::required;
  options.channel_binding = ChannelBindingPolicy::disable;
  expect_broken(script, options, ErrorCode::connect, "closed the connection");
}

TEST(StartupMachine, DirectTls) {
  Script script;
  script.tls().writes(startup_packet()).reads(kAuthOk).reads(kSession);
  StartupOptions options = alice();
  options.tls = TlsPolicy::required;
  options.direct_tls = true;
  expect_opens(script, options);
}

TEST(StartupMachine, OptionalTlsGoesOnInClear) {
  Script script;
  script.writes(kSslRequest).reads("N").writes(startup_packet()).reads(kAuthOk + kSession);
  StartupOptions options = alice();
  options.tls = TlsPolicy::optional;
  expect_opens(script, options);
}

TEST(StartupMachine, RequiredTlsRefusesToGoOnInClear) {
  StartupOptions options = alice();
  options.tls = TlsPolicy::required;
  expect_broken(Script().writes(kSslRequest).reads("N"), options, ErrorCode::connect, "does not support TLS");
}

TEST(StartupMachine, RefusesBytesInjectedBeforeTheHandshake) {
  StartupOptions options = alice();
  options.tls = TlsPolicy::optional;
  expect_broken(Script().writes(kSslRequest).reads("S" + kAuthOk), options, ErrorCode::protocol,
                "unencrypted bytes");
  expect_broken(Script().writes(kSslRequest).reads("N" + kAuthOk), options, ErrorCode::protocol,
                "unencrypted bytes");
}

TEST(StartupMachine, RefusesOtherAnswersToTheTlsRequest) {
  StartupOptions options = alice();
  options.tls = TlsPolicy::optional;
  const std::string error = error_response("FATAL", "53300", "text nobody vouched for");
  const auto fixture = make(options);
  const Action action = testing::play(Script().writes(kSslRequest).reads(error), player(fixture));
  EXPECT_EQ(action.error.code, ErrorCode::connect);
  EXPECT_EQ(action.error.to_string().find("vouched"), std::string::npos);
  expect_broken(Script().writes(kSslRequest).reads("H"), options, ErrorCode::protocol, "0x48");
}

TEST(StartupMachine, ServerErrorsKeepTheirMeaning) {
  const struct {
    std::string_view sqlstate;
    ErrorCode code;
  } cases[] = {{"28P01", ErrorCode::auth},    {"28000", ErrorCode::auth},    {"3D000", ErrorCode::connect},
               {"53300", ErrorCode::connect}, {"57P03", ErrorCode::connect}, {"42501", ErrorCode::connect}};
  for (const auto& [sqlstate, code] : cases) {
    for (const bool is_late : {false, true}) {
      Script script;
      script.writes(startup_packet());
      if (is_late) script.reads(kAuthOk);
      script.reads(error_response("FATAL", sqlstate, "no entry"));
      const auto fixture = make(alice());
      const Action action = testing::play(script, player(fixture));
      ASSERT_EQ(action.kind, Action::Kind::broken);
      EXPECT_EQ(action.error.code, code) << sqlstate;
      EXPECT_EQ(action.error.message, "no entry");
      ASSERT_TRUE(action.error.server);
      EXPECT_EQ(action.error.server->sqlstate, sqlstate);
    }
  }
}

TEST(StartupMachine, AsksForAMissingPassword) {
  StartupOptions options = alice();
  options.password.clear();
  for (const std::string& request : {msg('R', be32(3)), msg('R', be32(5) + "salt"), kMechanisms}) {
    const auto fixture = make(options);
    const Action action = testing::play(Script().writes(startup_packet()).reads(request), player(fixture));
    EXPECT_EQ(action.error.code, ErrorCode::auth);
    EXPECT_TRUE(fixture->machine.password_requested());
  }
}

TEST(StartupMachine, RefusesUnsupportedMethodsByName) {
  const auto refused = [](std::uint32_t kind, std::string_view name) {
    expect_broken(Script().writes(startup_packet()).reads(msg('R', be32(kind))), alice(), ErrorCode::auth,
                  name);
  };
  refused(2, "Kerberos V5");
  refused(4, "crypt");
  refused(6, "SCM");
  refused(7, "GSSAPI");
  refused(9, "SSPI");
  refused(99, "unknown");
  expect_broken(Script().writes(startup_packet()).reads(msg('R', be32(10) + zs("OAUTHBEARER") + '\0')),
                alice(), ErrorCode::auth, "no SASL mechanism");
}

TEST(StartupMachine, RequireAuthAllowsOnlyTheNamedMethods) {
  const struct {
    AuthMethod method;
    std::string request;
  } cases[] = {{AuthMethod::none, kAuthOk},
               {AuthMethod::password, msg('R', be32(3))},
               {AuthMethod::md5, msg('R', be32(5) + "salt")},
               {AuthMethod::scram_sha_256, kMechanisms}};
  for (const auto& [method, request] : cases) {
    StartupOptions options = alice();
    options.auth_methods = ~(1u << static_cast<unsigned>(method));
    expect_broken(Script().writes(startup_packet()).reads(request), options, ErrorCode::auth, "require_auth");
  }
}

TEST(StartupMachine, RequiredChannelBindingRefusesEverythingElse) {
  StartupOptions options = alice();
  options.tls = TlsPolicy::required;
  options.channel_binding = ChannelBindingPolicy::require;
  for (const std::string& request : {kAuthOk, msg('R', be32(3)), msg('R', be32(5) + "salt"), kMechanisms}) {
    expect_broken(tls_script().reads(request), options, ErrorCode::auth, "channel binding is required");
  }
  expect_broken(tls_script().reads(kMechanismsPlus), options, ErrorCode::auth, "certificate allows none", {});
  options.tls = TlsPolicy::disabled;
  expect_broken(Script().writes(startup_packet()).reads(kMechanisms), options, ErrorCode::auth,
                "does not use TLS");
}

TEST(StartupMachine, RefusesPlusWithoutTls) {
  expect_broken(Script().writes(startup_packet()).reads(kMechanismsPlus), alice(), ErrorCode::auth,
                "without TLS");
}

TEST(StartupMachine, RefusesAServerThatSkipsItsProof) {
  Script half;
  half.writes(startup_packet());
  add_scram(half);
  half.steps.back().bytes = kAuthOk;  // instead of the server's signature
  expect_broken(half, alice(), ErrorCode::auth, "did not prove");
  Script first;
  first.writes(startup_packet());
  first.reads(kMechanisms).writes(sasl_initial("SCRAM-SHA-256", "n,,n=,r=clientnonce")).reads(kAuthOk);
  expect_broken(first, alice(), ErrorCode::auth, "did not prove");
}

TEST(StartupMachine, RefusesAWrongServerSignature) {
  Script script;
  script.writes(startup_packet());
  add_scram(script);
  script.steps.back().bytes = msg('R', be32(12) + "v=AGHUKBptgTMjr30D0Ak3Q1+Ket9J/tRIjyY7NSiobHo=");
  expect_broken(script, alice(), ErrorCode::auth, "signature is wrong");
}

TEST(StartupMachine, RefusesASecondRequest) {
  Script script;
  script.writes(startup_packet())
      .reads(msg('R', be32(3)))
      .writes(msg('p', zs("pencil")))
      .reads(msg('R', be32(3)));
  expect_broken(script, alice(), ErrorCode::protocol, "cleartext");
  Script after_ok;
  after_ok.writes(startup_packet()).reads(kAuthOk).reads(msg('R', be32(3)));
  expect_broken(after_ok, alice(), ErrorCode::protocol, "cleartext");
}

TEST(StartupMachine, RefusesSessionMessagesBeforeAuthentication) {
  for (const std::string& early :
       {kKeyData, ready(), msg('S', zs("a") + zs("b")), msg('D', be32(0)), msg('1', "")}) {
    expect_broken(Script().writes(startup_packet()).reads(early), alice(), ErrorCode::protocol,
                  "authenticating");
  }
}

TEST(StartupMachine, RefusesQueryMessagesAfterAuthentication) {
  expect_broken(Script().writes(startup_packet()).reads(kAuthOk + msg('T', lit("\0\0"))), alice(),
                ErrorCode::protocol, "RowDescription");
}

TEST(StartupMachine, NegotiatesAnOlderProtocol) {
  for (const std::uint32_t newest : {kProtocol30, 0u}) {
    Script script;
    script.writes(startup_packet(kProtocol32)).reads(msg('v', be32(newest) + be32(0)) + kAuthOk + kSession);
    StartupOptions options = alice();
    options.protocol_version = kProtocol32;
    const auto fixture = make(options);
    EXPECT_EQ(testing::play(script, player(fixture)).kind, Action::Kind::done);
    EXPECT_EQ(fixture->session.protocol_version, kProtocol30);
  }
}

TEST(StartupMachine, Protocol32HasLongCancelKeys) {
  StartupOptions options = alice();
  options.protocol_version = kProtocol32;
  Script script;
  script.writes(startup_packet(kProtocol32))
      .reads(kAuthOk + msg('K', be32(1) + std::string(256, 'k')) + ready());
  const auto fixture = make(options);
  EXPECT_EQ(testing::play(script, player(fixture)).kind, Action::Kind::done);
  EXPECT_EQ(fixture->session.cancel_key.size(), 256u);
  EXPECT_EQ(fixture->session.protocol_version, kProtocol32);
}

TEST(StartupMachine, RefusesImpossibleNegotiation) {
  const auto refused = [](const std::string& offer) {
    expect_broken(Script().writes(startup_packet()).reads(offer), alice(), ErrorCode::protocol, "");
  };
  refused(msg('v', be32(kProtocol32) + be32(0)));
  refused(msg('v', be32(2u << 16) + be32(0)));
  refused(msg('v', be32(kProtocol30) + be32(1) + zs("_pq_.x")));
  refused(msg('v', be32(kProtocol30) + be32(0)) + msg('v', be32(kProtocol30) + be32(0)));
}

TEST(StartupMachine, DeliversNoticesAtAnyTime) {
  const std::string notice = msg('N', zs("VWARNING") + zs("C01000") + zs("Mbeware") + '\0');
  Script script;
  script.writes(startup_packet()).reads(notice + kAuthOk + notice + kSession);
  const auto fixture = make(alice());
  int count = 0;
  fixture->session.on_notice = [&](const ServerMessage& message) {
    count += message.message == "beware" ? 1 : 0;
  };
  EXPECT_EQ(testing::play(script, player(fixture)).kind, Action::Kind::done);
  EXPECT_EQ(count, 2);
}

TEST(StartupMachine, LimitsTheNumberOfParameters) {
  Script script;
  script.writes(startup_packet()).reads(kAuthOk);
  std::string many;
  for (std::size_t i = 0; i <= SessionState::kParametersMax; ++i)
    many += msg('S', zs("p" + std::to_string(i)) + zs("v"));
  script.reads(many);
  expect_broken(script, alice(), ErrorCode::protocol, "too many parameters");
}

TEST(StartupMachine, RefusesUnsendableOptions) {
  StartupOptions no_user = alice();
  no_user.user.clear();
  expect_broken({}, no_user, ErrorCode::usage, "no user name");
  StartupOptions zero = alice();
  zero.parameters.emplace_back("options", lit("a\0b"));
  expect_broken({}, zero, ErrorCode::usage, "\"options\"");
  StartupOptions long_options = alice();
  long_options.parameters.emplace_back("options", std::string(10'000, 'x'));
  expect_broken({}, long_options, ErrorCode::usage, "too long");
}

}  // namespace
}  // namespace pgark::wire
