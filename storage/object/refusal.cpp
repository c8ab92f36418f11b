#include "storage/object/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "storage/http/retry.hpp"

namespace pgark::storage::object {
namespace {

constexpr std::size_t kMessageBytesMax = 300;

// Words of the server in a line of ours.
std::string printable(std::string_view text) {
  std::string result(text.substr(0, kMessageBytesMax));
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  while (result.ends_with('.') || result.ends_with(' ')) result.pop_back();
  return result;
}

template <std::size_t N>
bool is_one_of(std::string_view code, const std::array<std::string_view, N>& codes) {
  return std::ranges::find(codes, code) != codes.end();
}

constexpr std::array<std::string_view, 3> kExpired = {"ExpiredToken", "TokenRefreshRequired",
                                                      "ExpiredTokenException"};
constexpr std::array<std::string_view, 14> kPassing = {"SlowDown",
                                                       "InternalError",
                                                       "ServiceUnavailable",
                                                       "RequestTimeout",
                                                       "OperationAborted",
                                                       "ServerBusy",
                                                       "OperationTimedOut",
                                                       "Md5Mismatch",
                                                       "RequestTimeoutException",
                                                       "ConditionalRequestConflict",
                                                       "BadDigest",
                                                       "XAmzContentSHA256Mismatch",
                                                       "IncompleteBody",
                                                       "Throttling"};
constexpr std::array<std::string_view, 3> kFull = {"QuotaExceeded", "XMinioStorageFull", "EntityTooLarge"};

struct Meaning {
  ErrorCode code;
  std::string hint;
};

Meaning meaning_of(const Refusal& refusal) {
  const std::string& code = refusal.answer.code;
  if (is_one_of(code, kExpired)) return {ErrorCode::auth, "the keys have expired: get new ones"};
  if (code == "RequestTimeTooSkewed") return {ErrorCode::auth, "set the clock of this machine right"};
  if (code == "NoSuchBucket") return {ErrorCode::io, "check the name of the bucket and the endpoint"};
  if (code == "SignatureDoesNotMatch")
    return {ErrorCode::auth, "check the secret key, the region and the endpoint"};
  if (code == "InvalidAccessKeyId") return {ErrorCode::auth, "check the access key and the endpoint"};
  if (!refusal.answer.region.empty() && (refusal.status == 400 || refusal.status / 100 == 3))
    return {ErrorCode::usage,
            "the bucket is in another region: set AWS_REGION=" + printable(refusal.answer.region)};
  if (refusal.status / 100 == 3)
    return {ErrorCode::usage, "the bucket is elsewhere: check the region and the endpoint"};
  if (is_one_of(code, kFull)) return {ErrorCode::no_space, "make room there, or raise the quota"};
  if (refusal.status == 401 || refusal.status == 403)
    return {ErrorCode::auth, "do the keys permit this on the bucket? See docs/object-storage.md"};
  if (refusal.status == 404) return {ErrorCode::io, "check bucket and key"};
  if (http::is_transient(refusal.status) || is_one_of(code, kPassing))
    return {ErrorCode::io, "the store did not recover in time: try again later"};
  return {ErrorCode::io, {}};
}

}  // namespace

Refusal refusal_of(const http::Response& response) {
  Refusal refusal{response.status, parse_error(response.body)};
  if (const auto region = response.header("x-amz-bucket-region"); region && refusal.answer.region.empty())
    refusal.answer.region = *region;
  // Azure says it in a header as well, also of HEAD.
  if (const auto code = response.header("x-ms-error-code"); code && refusal.answer.code.empty())
    refusal.answer.code = *code;
  return refusal;
}

Remedy remedy_for(const Refusal& refusal) {
  if (refusal.answer.code == "RequestTimeTooSkewed") return Remedy::set_time;
  if (is_one_of(refusal.answer.code, kExpired)) return Remedy::new_keys;
  if (is_one_of(refusal.answer.code, kPassing) || http::is_transient(refusal.status)) return Remedy::wait;
  return Remedy::none;
}

Error to_error(const Refusal& refusal, std::string_view action, const std::string& name) {
  Error error;
  Meaning meaning = meaning_of(refusal);
  error.code = meaning.code;
  error.hint = std::move(meaning.hint);
  error.object = name;
  error.message = fmt::format("{}: ", action);
  if (refusal.answer.code.empty()) {
    error.message += refusal.status == 404 ? "there is no such object or bucket"
                     : refusal.status == 403
                         ? "the store forbids it"
                         : fmt::format("the store answers with status {}", refusal.status);
  } else {
    error.message += printable(refusal.answer.code);
    if (!refusal.answer.message.empty()) error.message += ": " + printable(refusal.answer.message);
  }
  return error;
}

Error to_error(const http::Failure& failure, std::string_view action, const std::string& name,
               const std::string& server) {
  Error error;
  error.object = name;
  error.message = fmt::format("{}: {}: {}", action, server, printable(failure.reason));
  switch (failure.kind) {
    case http::FailureKind::lookup:
    case http::FailureKind::connect:
      error.code = ErrorCode::connect;
      error.hint = "check the endpoint and the network";
      break;
    case http::FailureKind::tls:
      error.code = ErrorCode::connect;
      error.hint = "check the endpoint; for an authority of your own set AWS_CA_BUNDLE to its certificate";
      break;
    case http::FailureKind::timed_out:
    case http::FailureKind::broken:
      error.code = ErrorCode::connection_lost;
      error.hint = "the connection did not hold: try again later";
      break;
    case http::FailureKind::malformed:
    case http::FailureKind::too_large:
      error.code = ErrorCode::protocol;
      error.hint = "is the endpoint really that of a store of this kind?";
      break;
    case http::FailureKind::interrupted:
      error.code = ErrorCode::interrupted;
      error.message = fmt::format("{}: stopped", action);
      break;
  }
  return error;
}

}  // namespace pgark::storage::object
