#include "base/array_text.hpp"

namespace pgark {
namespace {

class ArrayScanner {
 public:
  explicit ArrayScanner(std::string_view text) : text_(text) {}

  Result<std::vector<ArrayItem>> scan() {
    skip_bounds();
    if (!take('{')) return error("expected '{'");
    std::vector<ArrayItem> items;
    if (!take('}')) {
      do {
        Result<ArrayItem> item = scan_item();
        if (!item) return tl::unexpected(std::move(item).error());
        items.push_back(std::move(item).value());
      } while (take(','));
      if (!take('}')) return error("expected ',' or '}'");
    }
    if (at_ != text_.size()) return error("unexpected text after '}'");
    return items;
  }

 private:
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  // "[0:2]=" in front: oidvector cast to oid[] starts at 0 and says so.
  void skip_bounds() {
    if (text_.empty() || text_.front() != '[') return;
    const std::size_t equals = text_.find('=');
    if (equals != std::string_view::npos) at_ = equals + 1;
  }

  Result<ArrayItem> scan_item() {
    if (take('"')) return scan_quoted();
    std::string item;
    bool escaped = false;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}') {
      if (text_[at_] == '{' || text_[at_] == '"') return error("nested array or stray quote");
      if (take('\\')) escaped = true;
      if (at_ == text_.size()) break;
      item += text_[at_++];
    }
    if (item.empty()) return error("empty item");
    if (!escaped && item == "NULL") return ArrayItem{};
    return ArrayItem(std::move(item));
  }

  Result<ArrayItem> scan_quoted() {
    std::string item;
    while (!take('"')) {
      take('\\');
      if (at_ >= text_.size()) return error("unterminated item");
      item += text_[at_++];
    }
    return ArrayItem(std::move(item));
  }

  tl::unexpected<Error> error(std::string what) const {
    Error result;
    result.code = ErrorCode::protocol;
    result.message = "malformed array from the server: " + std::move(what);
    result.offset = at_;
    return tl::unexpected(std::move(result));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<ArrayItem>> parse_array(std::string_view text) {
  return ArrayScanner(text).scan();
}

Result<std::vector<std::string>> parse_text_array(std::string_view text) {
  Result<std::vector<ArrayItem>> items = parse_array(text);
  if (!items) return tl::unexpected(std::move(items).error());
  std::vector<std::string> result;
  result.reserve(items->size());
  for (ArrayItem& item : *items) {
    if (!item) return fail(ErrorCode::protocol, "malformed array from the server: unexpected NULL item");
    result.push_back(std::move(*item));
  }
  return result;
}

std::string encode_text_array(std::span<const ArrayItem> items) {
  std::string result = "{";
  for (const ArrayItem& item : items) {
    if (result.size() > 1) result += ',';
    if (!item) {
      result += "NULL";
      continue;
    }
    result += '"';
    for (const char c : *item) {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
    result += '"';
  }
  return result + '}';
}

std::string encode_oid_array(std::span<const std::uint32_t> oids) {
  std::string result = "{";
  for (const std::uint32_t oid : oids) {
    if (result.size() > 1) result += ',';
    result += std::to_string(oid);
  }
  return result + '}';
}

std::pair<std::string, std::string> split_option(std::string_view option) {
  const std::size_t equals = option.find('=');
  if (equals == std::string_view::npos) return {std::string(option), std::string()};
  return {std::string(option.substr(0, equals)), std::string(option.substr(equals + 1))};
}

}  // namespace pgark
