#include "protocol/params/settings.hpp"

namespace pgark::params {

void Settings::offer(std::string_view keyword, std::string_view text, std::string_view source) {
  values_.try_emplace(std::string(keyword), Value{std::string(text), std::string(source)});
}

void Settings::offer_all(const Assignments& assignments, std::string_view source) {
  for (auto it = assignments.rbegin(); it != assignments.rend(); ++it) offer(it->first, it->second, source);
}

void Settings::erase(std::string_view keyword) {
  if (const auto it = values_.find(keyword); it != values_.end()) values_.erase(it);
}

const Settings::Value* Settings::find(std::string_view keyword) const {
  const auto it = values_.find(keyword);
  return it == values_.end() ? nullptr : &it->second;
}

std::optional<std::string> Settings::given(std::string_view keyword) const {
  const Value* value = find(keyword);
  if (value == nullptr || value->text.empty()) return std::nullopt;
  return value->text;
}

}  // namespace pgark::params
