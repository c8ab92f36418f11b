#include "storage/s3/signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "storage/http/endpoint.hpp"
#include "storage/object/digest.hpp"

namespace pgark::storage::s3 {
namespace {

using object::hex;
using object::hmac_sha256;
using object::sha256_hex;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kDateBytes = 8;  // "20130524"

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

// Without blanks at its ends, and one blank for several.
std::string trimmed(std::string_view value) {
  std::string result;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && (result.empty() || result.back() == ' ')) continue;
    result += blank ? ' ' : c;
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

// By name; the values of a name that comes several times are joined in the order in which they come.
std::map<std::string, std::string> canonical_headers(const std::vector<http::Header>& headers) {
  std::map<std::string, std::string> canonical;
  for (const http::Header& header : headers) {
    auto [at, added] = canonical.try_emplace(lower(header.name), trimmed(header.value));
    if (!added) at->second += "," + trimmed(header.value);
  }
  return canonical;
}

std::string names_of(const std::map<std::string, std::string>& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

}  // namespace

std::string amz_date(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string canonical_query(const Query& query) {
  std::vector<std::string> encoded;
  for (const auto& [name, value] : query) {
    encoded.push_back(http::percent_encode(name) + "=" + http::percent_encode(value));
  }
  // "=" sorts behind "-", "." and digits, which a longer name may go on with: names decide first.
  std::ranges::sort(encoded, {}, [](const std::string& pair) {
    const std::size_t end = pair.find('=');
    return std::pair(pair.substr(0, end), pair.substr(end + 1));
  });
  std::string joined;
  for (const std::string& pair : encoded) joined += (joined.empty() ? "" : "&") + pair;
  return joined;
}

std::string canonical_request(const ToSign& request) {
  const auto headers = canonical_headers(request.headers);
  std::string text = request.method + "\n" + request.path + "\n" + canonical_query(request.query) + "\n";
  for (const auto& [name, value] : headers) text += name + ":" + value + "\n";
  return text + "\n" + names_of(headers) + "\n" + request.payload_hash;
}

std::string authorization(const ToSign& request, const Keys& keys, const Scope& scope) {
  const std::string time = amz_date(scope.time);
  const std::string day = time.substr(0, kDateBytes);
  const std::string credential_scope = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, credential_scope,
                                          sha256_hex(canonical_request(request)));
  std::string key = hmac_sha256("AWS4" + keys.secret_key, day);
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")})
    key = hmac_sha256(key, part);
  return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm, keys.access_key,
                     credential_scope, names_of(canonical_headers(request.headers)),
                     hex(hmac_sha256(key, to_sign)));
}

}  // namespace pgark::storage::s3
