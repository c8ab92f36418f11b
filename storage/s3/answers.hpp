// What S3 answers in XML. Pure; whatever the text is, they return.
// Source: Amazon S3 API Reference, "Error Responses", ListObjectsV2, CreateMultipartUpload,
// CompleteMultipartUpload, ListMultipartUploads.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "storage/object/list_page.hpp"
#include "storage/object/xml.hpp"
#include "storage/store.hpp"

namespace pgark::storage::s3 {

using object::ErrorAnswer;
using object::parse_error;
using object::parse_iso_time;

// Errors: protocol.
Result<object::ListPage> parse_list(std::string_view text);

// The id of the upload. Errors: protocol.
Result<std::string> parse_created_upload(std::string_view text);

struct UploadInfo {
  std::string key, id;
  std::chrono::system_clock::time_point begun;
};
// The first page of uploads that are under way.
Result<std::vector<UploadInfo>> parse_uploads(std::string_view text);

// The body that completes an upload: the tags of its parts, by their numbers.
std::string completion_body(const std::map<int, std::string>& tags);

struct TemporaryKeys {
  std::string access_key, secret_key, session_token;
  std::chrono::system_clock::time_point expires;
};
// AssumeRoleWithWebIdentity of STS.
Result<TemporaryKeys> parse_assumed_role(std::string_view text);

}  // namespace pgark::storage::s3
