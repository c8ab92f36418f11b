#include "storage/az/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "storage/http/retry.hpp"
#include "storage/object/digest.hpp"

namespace pgark::storage::az {
namespace {

constexpr const char* kVersion = "2021-08-06";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

}  // namespace

std::string string_to_sign(const std::string& account, const std::string& method, const std::string& path,
                           const object::Query& query, const std::vector<http::Header>& headers,
                           std::size_t body_bytes) {
  const auto value = [&headers](const char* name) { return http::find_header(headers, name).value_or(""); };
  std::string text = method + "\n";
  for (const char* name : {"Content-Encoding", "Content-Language"}) text += fmt::format("{}\n", value(name));
  text += (body_bytes > 0 ? std::to_string(body_bytes) : std::string()) + "\n";
  // x-ms-date stands for Date.
  for (const char* name : {"Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match",
                           "If-None-Match", "If-Unmodified-Since", "Range"})
    text += fmt::format("{}\n", value(name));
  std::map<std::string, std::string> own;
  for (const http::Header& header : headers) {
    if (std::string name = lower(header.name); name.starts_with("x-ms-")) own[std::move(name)] = header.value;
  }
  for (const auto& [name, content] : own) text += fmt::format("{}:{}\n", name, content);
  text += "/" + account + path;
  std::map<std::string, std::string> parameters;
  for (const auto& [name, content] : query) parameters[lower(name)] = content;
  for (const auto& [name, content] : parameters) text += fmt::format("\n{}:{}", name, content);
  return text;
}

AzDialect::AzDialect(const Settings& settings) : settings_(settings), server_(settings.endpoint) {
  server_.path.clear();
}

std::string AzDialect::name(const std::string& key) const {
  return fmt::format("az://{}{}{}", settings_.container, key.empty() ? "" : "/", key);
}

Result<http::Request> AzDialect::prepare(const object::Operation& operation,
                                         const std::vector<http::Header>& more,
                                         std::chrono::system_clock::time_point now, std::string&) {
  std::string path = settings_.endpoint.path + "/" + settings_.container;
  if (!operation.key.empty()) path += "/" + http::percent_encode(operation.key, /*keep_slash=*/true);
  std::vector<http::Header> headers = operation.headers;
  headers.insert(headers.end(), more.begin(), more.end());
  headers.push_back({"x-ms-date", http::http_date(now)});
  headers.push_back({"x-ms-version", kVersion});
  std::string query;
  for (const auto& [name, value] : operation.query)
    query += fmt::format("{}{}={}", query.empty() ? "" : "&", http::percent_encode(name),
                         http::percent_encode(value));
  if (settings_.account_key.empty()) {
    query += (query.empty() ? "" : "&") + settings_.sas_token;
  } else {
    const std::string text = string_to_sign(settings_.account, operation.method, path, operation.query,
                                            headers, operation.body.size());
    headers.push_back(
        {"Authorization", fmt::format("SharedKey {}:{}", settings_.account,
                                      object::base64(object::hmac_sha256(settings_.account_key, text)))});
  }
  return http::Request{operation.method, path + (query.empty() ? "" : "?" + query), std::move(headers),
                       operation.body};
}

Result<std::shared_ptr<object::Session>> connect(const Settings& settings, object::World world) {
  auto trust = http::TlsTrust::create(settings.ca_file);
  if (!trust) return tl::unexpected<Error>(std::move(trust).error());
  return std::make_shared<object::Session>(std::make_unique<AzDialect>(settings),
                                           object::SessionChoice{*trust, settings.timeouts, settings.retry},
                                           std::move(world));
}

}  // namespace pgark::storage::az
