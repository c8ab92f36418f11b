#include "protocol/wire/scram.hpp"

#include <gtest/gtest.h>

#include "wire/script.hpp"

namespace pgark::wire {
namespace {

// RFC 7677 section 3.
constexpr std::string_view kNonce = "rOprNGfwEbeRWgbNEkqO";
constexpr std::string_view kServerFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr std::string_view kServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

ScramOptions rfc_options() {
  return {.password = "pencil",
          .binding = {},
          .end_point = {},
          .user = "user",
          .client_nonce = std::string(kNonce)};
}

// After client-first.
ScramClient started() {
  ScramClient client(rfc_options());
  EXPECT_TRUE(client.client_first());
  return client;
}
// After client-final.
ScramClient answered() {
  ScramClient client = started();
  EXPECT_TRUE(client.client_final(kServerFirst));
  return client;
}

TEST(Scram, Rfc7677Exchange) {
  ScramClient client(rfc_options());
  EXPECT_EQ(*client.client_first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(*client.client_final(kServerFirst),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  EXPECT_FALSE(client.is_verified());
  EXPECT_TRUE(client.verify(kServerFinal));
  EXPECT_TRUE(client.is_verified());
}

struct Exchange {
  ScramBinding binding;
  std::string_view first, final_message, server_final;
};

// Computed with an independent implementation (Python's hashlib and hmac).
TEST(Scram, BindingsChangeHeaderProofAndSignature) {
  const std::string server_first = "r=clientnonceservernonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  std::vector<std::byte> end_point;
  for (int i = 0; i < 32; ++i) end_point.push_back(static_cast<std::byte>(i));
  for (const Exchange& exchange : {
           Exchange{ScramBinding::none, "n,,n=,r=clientnonce",
                    "c=biws,r=clientnonceservernonce,p=BhgmRoxcNSVc+56R00o0ZuK7t0BDVOtZiha6fTf1iCs=",
                    "v=gGHUKBptgTMjr30D0Ak3Q1+Ket9J/tRIjyY7NSiobHo="},
           Exchange{ScramBinding::not_offered, "y,,n=,r=clientnonce",
                    "c=eSws,r=clientnonceservernonce,p=k4/jLcpmiqrDAY/ZQNQNwL/UKlYsU+uOY2UY3mNS3JA=",
                    "v=IDxYaLjJ5TLwoEi1ShuFJcQkWHa2KzmnzDKJoxselT8="},
           Exchange{ScramBinding::end_point, "p=tls-server-end-point,,n=,r=clientnonce",
                    "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,"
                    "r=clientnonceservernonce,p=GJIfYGdm8Ay/Q8zJo37fAy1hMUHIMxfvj6zTjd7T+K0=",
                    "v=3LrTBISAR73Bq+q6TR1zVd0mNFjZNpqUWbDsGMLDKXE="},
       }) {
    ScramClient client({.password = "pencil",
                        .binding = exchange.binding,
                        .end_point = end_point,
                        .user = {},
                        .client_nonce = "clientnonce"});
    EXPECT_EQ(*client.client_first(), exchange.first);
    EXPECT_EQ(*client.client_final(server_first), exchange.final_message);
    EXPECT_TRUE(client.verify(exchange.server_final));
  }
}

TEST(Scram, EscapesTheUserName) {
  ScramClient client({.password = "x", .binding = {}, .end_point = {}, .user = "a=b,c", .client_nonce = "n"});
  EXPECT_EQ(*client.client_first(), "n,,n=a=3Db=2Cc,r=n");
}

TEST(Scram, MakesADifferentNonceEachTime) {
  const auto first = [] {
    return *ScramClient({.password = "x", .binding = {}, .end_point = {}, .user = {}, .client_nonce = {}})
                .client_first();
  };
  const std::string one = first();
  EXPECT_EQ(one.size(), std::string("n,,n=,r=").size() + 24);
  EXPECT_NE(one, first());
}

TEST(Scram, RefusesANonceThatIsNotAnExtensionOfOurs) {
  for (const std::string_view nonce :
       {"rOprNGfwEbeRWgbNEkqO", "rOprNGfwEbeRWgbNEkqX123", "x", "rOprNGfwEb"}) {
    const auto result =
        started().client_final("r=" + std::string(nonce) + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    ASSERT_FALSE(result) << nonce;
    EXPECT_EQ(result.error().code, ErrorCode::auth);
  }
}

TEST(Scram, RefusesMalformedServerFirst) {
  const std::string nonce = "r=rOprNGfwEbeRWgbNEkqOabc";
  for (const std::string& text :
       {std::string(), std::string("e=other-error"), nonce, nonce + ",s=,i=4096", nonce + ",s=AAAA",
        nonce + ",s=AAAA,i=", nonce + ",s=AAAA,i=abc", nonce + ",s=AAAA,i=4096x", nonce + ",s=AAAA,i=-1",
        nonce + ",s=AAAA,i=0", nonce + ",s=AAAA,i=1000001", nonce + ",s=AAAA,i=99999999999999999999",
        nonce + ",s=AAA,i=4096", nonce + ",s=A*AA,i=4096", nonce + ",i=4096,s=AAAA",
        "m=ext," + nonce + ",s=AAAA,i=4096", nonce + "\x01,s=AAAA,i=4096",
        nonce + std::string(2000, 'n') + ",s=AAAA,i=4096",
        nonce + ",s=" + std::string(4000, 'A') + ",i=4096"}) {
    const auto result = started().client_final(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::protocol) << text;
  }
}

TEST(Scram, AcceptsTheIterationLimitsAndIgnoresExtensions) {
  EXPECT_TRUE(started().client_final("r=rOprNGfwEbeRWgbNEkqOabc,s=AAAA,i=1"));
  EXPECT_TRUE(started().client_final("r=rOprNGfwEbeRWgbNEkqOabc,s=AAAA,i=4096,x=future"));
}

TEST(Scram, RefusesAWrongSignature) {
  std::string flipped(kServerFinal);
  flipped[2] = flipped[2] == '6' ? '7' : '6';
  for (const std::string& text : {flipped, std::string("v="), std::string("v=AAAA")}) {
    ScramClient client = answered();
    const auto result = client.verify(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::auth);
    EXPECT_FALSE(client.is_verified());
    EXPECT_FALSE(client.verify(kServerFinal)) << "a failed exchange cannot be continued";
  }
}

TEST(Scram, ReportsTheServersRefusalPrintably) {
  const auto result = answered().verify("e=invalid-\x1b[31mproof");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::auth);
  EXPECT_EQ(result.error().message, "the server refused SCRAM: invalid-?[31mproof");
}

TEST(Scram, RefusesMalformedServerFinal) {
  for (const std::string_view text : {"", "x", "v=***", "v"}) {
    const auto result = answered().verify(text);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::protocol);
  }
}

TEST(Scram, RefusesStepsOutOfOrder) {
  ScramClient client(rfc_options());
  EXPECT_FALSE(client.client_final(kServerFirst));
  EXPECT_FALSE(client.client_first());
  ScramClient early = started();
  EXPECT_FALSE(early.verify(kServerFinal));
  EXPECT_FALSE(early.is_verified());
}

TEST(Scram, NormalisesThePassword) {
  // "pen" SOFT HYPHEN "cil" is mapped to "pencil".
  ScramOptions options = rfc_options();
  options.password =
      "pen\xc2\xad"
      "cil";
  ScramClient client(options);
  ASSERT_TRUE(client.client_first());
  ASSERT_TRUE(client.client_final(kServerFirst));
  EXPECT_TRUE(client.verify(kServerFinal));
}

}  // namespace
}  // namespace pgark::wire
