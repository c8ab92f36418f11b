// Answers of object stores of any content, and profiles: no crash, errors of one line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storage/object/xml.hpp"
#include "storage/s3/answers.hpp"
#include "storage/s3/profile.hpp"

using namespace pgark::storage;

namespace {

template <class T>
void expect_one_line(const pgark::Result<T>& result) {
  if (!result && result.error().to_string().find('\n') != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  expect_one_line(s3::parse_list(text));
  expect_one_line(s3::parse_uploads(text));
  expect_one_line(s3::parse_created_upload(text));
  expect_one_line(s3::parse_assumed_role(text));
  static_cast<void>(object::parse_error(text));
  s3::Profile profile;
  static_cast<void>(s3::read_profile(text, s3::ProfileFile::config, "default", profile));
  return 0;
}
