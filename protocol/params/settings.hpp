// Keyword/value pairs as collected from the command line, a connection string, a service file and the
// environment, before they mean anything. The first source to offer a keyword wins, so sources are offered
// strongest first.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgark::params {

// In the order written; a keyword may occur twice.
using Assignments = std::vector<std::pair<std::string, std::string>>;

class Settings {
 public:
  struct Value {
    std::string text;
    std::string source;  // for messages: "PGSSLMODE", "the connection string", "service file /etc/..."
  };

  // Keeps the value unless a stronger source has given one, be it an empty one: an empty value selects the
  // built-in default.
  void offer(std::string_view keyword, std::string_view text, std::string_view source);
  // One connection string: of a keyword written twice the last one counts.
  void offer_all(const Assignments& assignments, std::string_view source);
  void erase(std::string_view keyword);

  const Value* find(std::string_view keyword) const;  // nullptr: nobody gave it
  // The text, with an absent or empty value as nullopt.
  std::optional<std::string> given(std::string_view keyword) const;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace pgark::params
