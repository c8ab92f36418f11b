// AWS Signature Version 4 in the Authorization header. Pure.
// Source: "Signature Calculations for the Authorization Header", Amazon S3 API Reference.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/object/session.hpp"

namespace pgark::storage::s3 {

// Secrets: never printed.
struct Keys {
  std::string access_key, secret_key, session_token;  // the token may be empty
};

using object::Query;

struct ToSign {
  std::string method;
  std::string path;                   // encoded, as it stands in the request
  Query query;                        // in any order
  std::vector<http::Header> headers;  // all of them are signed; Host must be among them
  std::string payload_hash;           // SHA-256 in hexadecimal digits, or kUnsignedPayload
};

inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kServiceS3 = "s3";

struct Scope {
  std::string region;
  std::string service{kServiceS3};
  std::chrono::system_clock::time_point time;
};

// "20130524T000000Z": the value of x-amz-date.
std::string amz_date(std::chrono::system_clock::time_point time);

// Names and values encoded and in order, joined: what stands behind "?" in the request, too.
std::string canonical_query(const Query& query);

// What is hashed and signed; for tests and for explaining a refusal.
std::string canonical_request(const ToSign& request);

// The value of Authorization. x-amz-date, and with a session token x-amz-security-token, must be among the
// headers already.
std::string authorization(const ToSign& request, const Keys& keys, const Scope& scope);

}  // namespace pgark::storage::s3
