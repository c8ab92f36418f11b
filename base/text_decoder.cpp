#include "base/text_decoder.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pgark {
namespace {

constexpr std::size_t kUtf8BytesPerByteMax = 4;

// Where the C library's name is another one.
std::string library_name(std::string_view server_encoding) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 28> kNames{
      {{"LATIN1", "ISO-8859-1"},     {"LATIN2", "ISO-8859-2"},     {"LATIN3", "ISO-8859-3"},
       {"LATIN4", "ISO-8859-4"},     {"LATIN5", "ISO-8859-9"},     {"LATIN6", "ISO-8859-10"},
       {"LATIN7", "ISO-8859-13"},    {"LATIN8", "ISO-8859-14"},    {"LATIN9", "ISO-8859-15"},
       {"LATIN10", "ISO-8859-16"},   {"ISO_8859_5", "ISO-8859-5"}, {"ISO_8859_6", "ISO-8859-6"},
       {"ISO_8859_7", "ISO-8859-7"}, {"ISO_8859_8", "ISO-8859-8"}, {"KOI8R", "KOI8-R"},
       {"KOI8U", "KOI8-U"},          {"WIN866", "CP866"},          {"WIN874", "CP874"},
       {"WIN1250", "CP1250"},        {"WIN1251", "CP1251"},        {"WIN1252", "CP1252"},
       {"WIN1253", "CP1253"},        {"WIN1254", "CP1254"},        {"WIN1255", "CP1255"},
       {"WIN1256", "CP1256"},        {"WIN1257", "CP1257"},        {"WIN1258", "CP1258"},
       {"EUC_JP", "EUC-JP"}}};
  const auto* found = std::find_if(kNames.begin(), kNames.end(),
                                   [&](const auto& pair) { return pair.first == server_encoding; });
  if (found != kNames.end()) return std::string(found->second);
  std::string name(server_encoding);  // EUC_KR, EUC_CN, EUC_TW; BIG5, GBK, GB18030, JOHAB, SJIS, UHC
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

iconv_t closed() {
  return reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr): the library's own error value
}

}  // namespace

Result<std::shared_ptr<const TextDecoder>> TextDecoder::open(std::string_view server_encoding) {
  if (server_encoding.empty() || server_encoding == "UTF8" || server_encoding == "SQL_ASCII") return nullptr;
  const iconv_t handle = ::iconv_open("UTF-8", library_name(server_encoding).c_str());
  if (handle == closed()) {
    return fail(ErrorCode::usage, "names in encoding " + std::string(server_encoding) +
                                      " cannot be compared with others than ASCII");
  }
  return std::make_shared<const TextDecoder>(handle);
}

TextDecoder::~TextDecoder() {
  ::iconv_close(handle_);
}

std::string TextDecoder::to_utf8(std::string_view text) const {
  std::string from(text);
  std::string to(from.size() * kUtf8BytesPerByteMax, '\0');
  char* in = from.data();
  char* out = to.data();
  std::size_t in_left = from.size(), out_left = to.size();
  ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);
  const bool failed = ::iconv(handle_, &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1);
  if (failed || in_left != 0) return std::string(text);
  to.resize(to.size() - out_left);
  return to;
}

}  // namespace pgark
