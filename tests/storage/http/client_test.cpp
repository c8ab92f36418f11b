#include "storage/http/client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/certificates.hpp"
#include "support/http_server.hpp"
#include "support/temp_directory.hpp"

namespace pgark::storage::http {
namespace {

using namespace std::chrono_literals;
using test::HttpReply;
using test::HttpRequest;
using test::HttpServer;

Endpoint endpoint_of(const HttpServer& server) {
  return parse_endpoint(server.url()).value();
}

Call get(std::string target = "/") {
  Call call;
  call.request.target = std::move(target);
  return call;
}

ConnectionChoice choice_of(Timeouts timeouts = {}) {
  return {timeouts, nullptr, {}};
}

HttpReply echo(const HttpRequest& request) {
  return {.headers = {{"X-Method", request.method}}, .body = request.target + "|" + request.body};
}

TEST(HttpClient, SendsAndReceives) {
  HttpServer server(echo);
  Client client(choice_of());
  Call call = get("/a%20b?c=d");
  call.request.method = "PUT";
  call.request.body = as_bytes("hello");
  const auto answer = client.exchange(endpoint_of(server), call);
  ASSERT_TRUE(answer) << answer.error().reason;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "/a%20b?c=d|hello");
  EXPECT_EQ(answer->header("x-method"), "PUT");
}

TEST(HttpClient, KeepsItsConnection) {
  HttpServer server(echo);
  Client client(choice_of());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.exchange(endpoint_of(server), get()));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, MakesAnotherConnectionWhenTheServerEndsThem) {
  HttpServer server([](const HttpRequest&) { return HttpReply{.body = "x", .close = true}; });
  Client client(choice_of());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.exchange(endpoint_of(server), get()));
  EXPECT_EQ(server.connections(), 3);
}

// The server closes a kept connection at the moment of the next request.
TEST(HttpClient, TriesAKeptConnectionThatBreaksOnceMore) {
  std::atomic<int> requests = 0;
  HttpServer server([&](const HttpRequest&) { return HttpReply{.body = "x", .reset = ++requests == 2}; });
  Client client(choice_of());
  ASSERT_TRUE(client.exchange(endpoint_of(server), get()));
  ASSERT_TRUE(client.exchange(endpoint_of(server), get()));
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClient, DoesNotSendAPostTwice) {
  std::atomic<int> requests = 0;
  HttpServer server([&](const HttpRequest&) { return HttpReply{.body = "x", .reset = ++requests == 2}; });
  Client client(choice_of());
  ASSERT_TRUE(client.exchange(endpoint_of(server), get()));
  Call post = get();
  post.request.method = "POST";
  const auto answer = client.exchange(endpoint_of(server), post);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::broken);
  EXPECT_EQ(requests, 2);
}

TEST(HttpClient, ReadsChunksAndAnswersWithoutABody) {
  HttpServer server([](const HttpRequest& request) {
    return HttpReply{.status = request.path == "/none" ? 204 : 200,
                     .body = "0123456789",
                     .chunked = request.path == "/chunks"};
  });
  Client client(choice_of());
  EXPECT_EQ(client.exchange(endpoint_of(server), get("/chunks"))->body, "0123456789");
  EXPECT_EQ(client.exchange(endpoint_of(server), get("/none"))->body, "");
  Call head = get();
  head.request.method = "HEAD";
  const auto answer = client.exchange(endpoint_of(server), head);
  EXPECT_EQ(answer->body, "");
  EXPECT_EQ(answer->header("content-length"), "10");
  EXPECT_EQ(server.connections(), 1) << "each answer was read to its end and no further";
}

TEST(HttpClient, CarriesLargeBodiesBothWays) {
  HttpServer server([](const HttpRequest& request) { return HttpReply{.body = request.body}; });
  Client client(choice_of());
  std::string body(std::size_t{20} << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 + i / 4096);
  std::string back(body.size(), '\0');
  BodySpace space{{reinterpret_cast<std::byte*>(back.data()), back.size()}, 0};
  Call call = get();
  call.request.method = "PUT";
  call.request.body = as_bytes(body);
  call.into = &space;
  const auto answer = client.exchange(endpoint_of(server), call);
  ASSERT_TRUE(answer) << answer.error().reason;
  EXPECT_EQ(space.filled, body.size());
  EXPECT_TRUE(back == body);
}

TEST(HttpClient, RefusesAnswersThatAreTooLarge) {
  HttpServer server([](const HttpRequest&) { return HttpReply{.body = std::string(10'000, 'x')}; });
  Client client(choice_of());
  Call call = get();
  call.text_bytes_max = 9'999;
  EXPECT_EQ(client.exchange(endpoint_of(server), call).error().kind, FailureKind::too_large);
  call.text_bytes_max = 10'000;
  EXPECT_TRUE(client.exchange(endpoint_of(server), call));
  std::string room(9'999, '\0');
  BodySpace space{{reinterpret_cast<std::byte*>(room.data()), room.size()}, 0};
  call.into = &space;
  EXPECT_EQ(client.exchange(endpoint_of(server), call).error().kind, FailureKind::too_large);
}

TEST(HttpClient, PutsAnErrorNotIntoTheSpaceForTheBody) {
  HttpServer server([](const HttpRequest&) { return HttpReply{.status = 503, .body = "busy"}; });
  Client client(choice_of());
  std::string room(100, '\0');
  BodySpace space{{reinterpret_cast<std::byte*>(room.data()), room.size()}, 0};
  Call call = get();
  call.into = &space;
  const auto answer = client.exchange(endpoint_of(server), call);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "busy");
  EXPECT_EQ(space.filled, 0u);
}

TEST(HttpClient, SeesThatABodyIsCut) {
  HttpServer server(
      [](const HttpRequest&) { return HttpReply{.body = std::string(1000, 'x'), .cut_after = 400}; });
  Client client(choice_of());
  std::string room(1000, '\0');
  BodySpace space{{reinterpret_cast<std::byte*>(room.data()), room.size()}, 0};
  Call call = get();
  call.into = &space;
  const auto answer = client.exchange(endpoint_of(server), call);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::broken);
  EXPECT_EQ(space.filled, 400u) << "what has come is kept, so that the rest can be asked for";
}

TEST(HttpClient, EndsWhenTheServerFallsSilent) {
  HttpServer server([](const HttpRequest&) { return HttpReply{.silent = true}; });
  Client client(choice_of({5s, 50ms}));
  EXPECT_EQ(client.exchange(endpoint_of(server), get()).error().kind, FailureKind::timed_out);
}

TEST(HttpClient, StopsWhenAskedTo) {
  HttpServer server([](const HttpRequest&) { return HttpReply{.silent = true}; });
  Client client({{}, nullptr, [] { return true; }});
  EXPECT_EQ(client.exchange(endpoint_of(server), get()).error().kind, FailureKind::interrupted);
}

TEST(HttpClient, SaysThatNobodyListens) {
  Endpoint endpoint;
  {
    const HttpServer server(echo);
    endpoint = endpoint_of(server);
  }
  Client client(choice_of());
  EXPECT_EQ(client.exchange(endpoint, get()).error().kind, FailureKind::connect);
  endpoint.host = "no-such-host.invalid";
  EXPECT_EQ(client.exchange(endpoint, get()).error().kind, FailureKind::lookup);
}

TEST(HttpClient, SaysThatAnAnswerIsNoHttp) {
  // A header that no parser takes.
  HttpServer server([](const HttpRequest&) { return HttpReply{.headers = {{"Bad Name", "x"}}}; });
  Client client(choice_of());
  EXPECT_EQ(client.exchange(endpoint_of(server), get()).error().kind, FailureKind::malformed);
}

TEST(HttpClient, ServesManyThreads) {
  HttpServer server(echo);
  Client client(choice_of());
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string target = "/" + std::to_string(t) + "/" + std::to_string(i);
        const auto answer = client.exchange(endpoint_of(server), get(target));
        if (answer && answer->body == target + "|") ++right;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, 160);
  EXPECT_LE(server.connections(), 8);
}

class HttpsClient : public testing::Test {
 protected:
  static test::CertificateOptions names(const std::string& address) {
    test::CertificateOptions options;
    options.common_name = "server";
    if (!address.empty()) options.ip_addresses = {address};
    options.dns_names = {"localhost"};
    return options;
  }

  const test::TempDirectory folder_{"https"};
  const test::Certificate authority_ = test::Certificate::authority("tests");
  const std::string ca_file_ = test::write_file(folder_ / "ca.pem", authority_.certificate_pem());

  Outcome<Response> ask(const test::Certificate& certificate, const std::string& ca_file) {
    const test::ServerTls tls(certificate);
    HttpServer server(echo, &tls);
    const auto trust = TlsTrust::create(ca_file);
    Client client({{}, trust.value(), {}});
    for (int i = 0; i < 2; ++i) {
      auto answer = client.exchange(endpoint_of(server), get());
      if (!answer) return answer;
    }
    EXPECT_EQ(server.connections(), 1) << "kept";
    return client.exchange(endpoint_of(server), get("/end"));
  }
};

TEST_F(HttpsClient, TrustsTheAuthorityThatItIsGiven) {
  const auto answer = ask(authority_.issue(names("127.0.0.1")), ca_file_);
  ASSERT_TRUE(answer) << answer.error().reason;
  EXPECT_EQ(answer->body, "/end|");
}

TEST_F(HttpsClient, RefusesACertificateOfAnother) {
  const auto answer = ask(authority_.issue(names("127.0.0.2")), ca_file_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::tls);
  EXPECT_NE(answer.error().reason.find("not for \"127.0.0.1\""), std::string::npos) << answer.error().reason;
}

TEST_F(HttpsClient, RefusesAnUnknownAuthority) {
  const test::Certificate other = test::Certificate::authority("somebody");
  const auto answer = ask(other.issue(names("127.0.0.1")), ca_file_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::tls);
  EXPECT_NE(answer.error().reason.find("not trusted"), std::string::npos) << answer.error().reason;
}

TEST_F(HttpsClient, RefusesWhatIsNotInTheSystemsStore) {
  EXPECT_EQ(ask(authority_.issue(names("127.0.0.1")), "").error().kind, FailureKind::tls);
}

TEST_F(HttpsClient, RefusesAnExpiredCertificate) {
  test::CertificateOptions options = names("127.0.0.1");
  options.days_from = -10;
  options.days_to = -1;
  const auto answer = ask(authority_.issue(options), ca_file_);
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().reason.find("expired"), std::string::npos) << answer.error().reason;
}

TEST_F(HttpsClient, SaysThatTheOtherEndSpeaksNoTls) {
  HttpServer server(echo);
  Endpoint endpoint = endpoint_of(server);
  endpoint.tls = true;
  Client client({{2s, 2s}, TlsTrust::create(ca_file_).value(), {}});
  const auto answer = client.exchange(endpoint, get());
  ASSERT_FALSE(answer);
}

TEST_F(HttpsClient, NamesAFileOfCertificatesThatIsNone) {
  const std::string file = test::write_file(folder_ / "none.pem", "nothing");
  for (const std::string& path : {file, std::string("/no/such/file")}) {
    const auto trust = TlsTrust::create(path);
    ASSERT_FALSE(trust);
    EXPECT_EQ(trust.error().code, ErrorCode::usage);
    EXPECT_EQ(trust.error().object, path);
  }
}

}  // namespace
}  // namespace pgark::storage::http
