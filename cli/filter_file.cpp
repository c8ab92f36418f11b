#include "cli/filter_file.hpp"

#include <array>
#include <optional>
#include <utility>

#include "base/sql_quote.hpp"
#include "cli/input_file.hpp"

namespace pgark::cli {
namespace {

constexpr std::array<std::pair<std::string_view, FilterKind>, 10> kKinds{{
    {"table", FilterKind::table},
    {"table_and_children", FilterKind::table_and_children},
    {"table_data", FilterKind::table_data},
    {"table_data_and_children", FilterKind::table_data_and_children},
    {"schema", FilterKind::schema},
    {"extension", FilterKind::extension},
    {"foreign_data", FilterKind::foreign_data},
    {"function", FilterKind::function},
    {"index", FilterKind::index},
    {"trigger", FilterKind::trigger},
}};

constexpr std::size_t kQuotedWordMax = 60;  // of the file, in a message

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

bool is_mark(char c) {
  return c == '.' || c == ',' || c == '(' || c == ')';
}

class FilterParser {
 public:
  FilterParser(std::string_view text, std::string_view file_name) : text_(text), file_name_(file_name) {}

  Result<std::vector<FilterRule>> parse() {
    std::vector<FilterRule> rules;
    while (skip_to_rule()) {
      auto rule = parse_rule();
      if (!rule) return tl::unexpected<Error>(rule.error());
      rules.push_back(std::move(*rule));
    }
    return rules;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  bool at_line_end() const { return at_end() || text_[at_] == '\n'; }

  void skip_blanks() {
    while (!at_end() && is_blank(text_[at_])) ++at_;
  }
  void skip_line() {
    while (!at_line_end()) ++at_;
  }
  // False at the end of the file.
  bool skip_to_rule() {
    while (true) {
      skip_blanks();
      if (at_end()) return false;
      if (text_[at_] == '#') skip_line();
      if (!at_line_end()) return true;
      if (at_end()) return false;
      ++at_;
      ++line_;
    }
  }

  std::string_view word() {
    skip_blanks();
    const std::size_t begin = at_;
    while (!at_line_end() && !is_blank(text_[at_]) && text_[at_] != '#') ++at_;
    return text_.substr(begin, at_ - begin);
  }

  Result<FilterRule> parse_rule() {
    FilterRule rule;
    rule.line = line_;
    const std::string_view verb = word();
    if (verb != "include" && verb != "exclude") return wrong("a rule begins with include or exclude", verb);
    rule.include = verb == "include";
    const std::string_view kind = word();
    if (kind.empty()) return wrong("the rule names no kind of object", verb);
    const auto known = kind_of(kind);
    if (!known) return wrong("there is no kind of object of this name", kind);
    rule.kind = *known;
    auto pattern = parse_pattern();
    if (!pattern) return tl::unexpected<Error>(pattern.error());
    if (pattern->empty()) return wrong("the rule names no object", kind);
    rule.pattern = std::move(*pattern);
    return rule;
  }

  static std::optional<FilterKind> kind_of(std::string_view word) {
    for (const auto& [name, kind] : kKinds) {
      if (name == word) return kind;
    }
    return std::nullopt;
  }

  // Blanks between words count as one; around the marks of a name or an argument list as none, but for one
  // behind a comma.
  Result<std::string> parse_pattern() {
    std::string pattern;
    bool joined = true;  // what comes next needs no blank before it
    while (true) {
      const std::size_t before = at_;
      skip_blanks();
      const bool blank = at_ != before;
      if (at_line_end() || text_[at_] == '#') break;
      const char c = text_[at_];
      if (is_mark(c)) {
        pattern += c;
        if (c == ',') pattern += ' ';
        joined = true;
        ++at_;
        continue;
      }
      if (blank && !joined) pattern += ' ';
      joined = false;
      if (c != '"') {
        pattern += c;
        ++at_;
      } else if (auto quoted = parse_quoted(); quoted) {
        pattern += *quoted;
      } else {
        return tl::unexpected<Error>(quoted.error());
      }
    }
    skip_line();
    return pattern;
  }

  // With its quotes; a doubled quote inside is two pieces here, which amounts to the same.
  Result<std::string> parse_quoted() {
    const std::size_t begin = at_, first_line = line_;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') continue;
      ++at_;
      return std::string(text_.substr(begin, at_ - begin));
    }
    line_ = first_line;
    return wrong("the quoted name is never closed", text_.substr(begin));
  }

  tl::unexpected<Error> wrong(std::string message, std::string_view word) const {
    if (!word.empty()) message += ": " + one_line(word.substr(0, kQuotedWordMax));
    return fail(ErrorCode::usage, std::move(message), std::string(file_name_) + ":" + std::to_string(line_),
                "a rule is: include|exclude KIND PATTERN, for example: include table public.orders");
  }

  std::string_view text_, file_name_;
  std::size_t at_ = 0, line_ = 1;
};

}  // namespace

std::string_view filter_kind_name(FilterKind kind) {
  for (const auto& [name, known] : kKinds) {
    if (known == kind) return name;
  }
  return {};
}

Result<std::vector<FilterRule>> parse_filter(std::string_view text, std::string_view file_name) {
  return FilterParser(text, file_name).parse();
}

Result<> apply_rules(const std::vector<FilterRule>& rules, std::string_view command,
                     const std::function<std::vector<std::string>*(const FilterRule&)>& list_of) {
  for (const FilterRule& rule : rules) {
    if (std::vector<std::string>* list = list_of(rule); list != nullptr) {
      list->push_back(rule.pattern);
      continue;
    }
    return fail(ErrorCode::usage,
                std::string(command) + " has no filter \"" + (rule.include ? "include " : "exclude ") +
                    std::string(filter_kind_name(rule.kind)) + "\"",
                "line " + std::to_string(rule.line) + " of the filter file");
  }
  return {};
}

Result<std::vector<FilterRule>> read_filters(const std::vector<std::string>& paths) {
  std::vector<FilterRule> rules;
  for (const std::string& path : paths) {
    auto text = read_input(path, kFilterBytesMax);
    if (!text) return tl::unexpected<Error>(text.error());
    auto parsed = parse_filter(*text, path == "-" ? "stdin" : path);
    if (!parsed) return tl::unexpected<Error>(parsed.error());
    rules.insert(rules.end(), parsed->begin(), parsed->end());
  }
  return rules;
}

}  // namespace pgark::cli
