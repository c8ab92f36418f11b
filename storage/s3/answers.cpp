#include "storage/s3/answers.hpp"

#include <fmt/format.h>

#include <boost/property_tree/ptree.hpp>

namespace pgark::storage::s3 {
namespace {

using object::no_answer;
using object::number_of;
using object::parse_iso_time;
using object::parse_xml;
using object::text_of;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// encoding-type=url: keys may hold bytes that XML cannot have.
std::string url_decoded(const std::string& text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool encoded = text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
                         hex_value(text[at + 2]) >= 0;
    if (encoded) {
      decoded += static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    } else {
      decoded += text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

}  // namespace

Result<object::ListPage> parse_list(std::string_view text) {
  const auto tree = parse_xml(text, "ListBucketResult");
  if (!tree) return no_answer("list of objects");
  const bool encoded = text_of(*tree, "EncodingType") == "url";
  object::ListPage answer;
  for (const auto& [name, child] : *tree) {
    if (name != "Contents") continue;
    const std::string key = text_of(child, "Key");
    const auto size = number_of(text_of(child, "Size"));
    const auto modified = parse_iso_time(text_of(child, "LastModified"));
    if (key.empty() || !size || !modified) return no_answer("list of objects");
    answer.objects.push_back({encoded ? url_decoded(key) : key, *size, *modified});
  }
  if (text_of(*tree, "IsTruncated") != "true") return answer;
  answer.next = text_of(*tree, "NextContinuationToken");
  if (answer.next.empty()) return no_answer("list of objects: it does not say how to go on");
  return answer;
}

Result<std::string> parse_created_upload(std::string_view text) {
  const auto tree = parse_xml(text, "InitiateMultipartUploadResult");
  std::string id = tree ? text_of(*tree, "UploadId") : std::string();
  if (id.empty()) return no_answer("begin of an upload");
  return id;
}

Result<std::vector<UploadInfo>> parse_uploads(std::string_view text) {
  const auto tree = parse_xml(text, "ListMultipartUploadsResult");
  if (!tree) return no_answer("list of uploads");
  const bool encoded = text_of(*tree, "EncodingType") == "url";
  std::vector<UploadInfo> uploads;
  for (const auto& [name, child] : *tree) {
    if (name != "Upload") continue;
    const std::string key = text_of(child, "Key");
    const auto begun = parse_iso_time(text_of(child, "Initiated"));
    if (!begun) return no_answer("list of uploads");
    uploads.push_back({encoded ? url_decoded(key) : key, text_of(child, "UploadId"), *begun});
  }
  return uploads;
}

std::string completion_body(const std::map<int, std::string>& tags) {
  std::string body = R"(<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
  for (const auto& [number, tag] : tags) {
    body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number,
                        object::xml_escaped(tag));
  }
  return body + "</CompleteMultipartUpload>";
}

Result<TemporaryKeys> parse_assumed_role(std::string_view text) {
  const auto tree =
      parse_xml(text, "AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials");
  if (!tree) return no_answer("answer of STS");
  const auto expires = parse_iso_time(text_of(*tree, "Expiration"));
  TemporaryKeys keys{text_of(*tree, "AccessKeyId"), text_of(*tree, "SecretAccessKey"),
                     text_of(*tree, "SessionToken"),
                     expires.value_or(std::chrono::system_clock::time_point())};
  if (keys.access_key.empty() || keys.secret_key.empty() || !expires) return no_answer("answer of STS");
  return keys;
}

}  // namespace pgark::storage::s3
