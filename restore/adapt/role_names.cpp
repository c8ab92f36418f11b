#include "restore/adapt/role_names.hpp"

#include <vector>

#include "base/sql_lexer.hpp"
#include "base/sql_quote.hpp"

namespace pgark::restore {

namespace {

class RoleFinder {
 public:
  RoleFinder(std::string_view sql, const NameMap& roles) : sql_(sql), roles_(roles), tokens_(lex_sql(sql)) {}

  std::string run() {
    if (tokens_.empty()) return std::string(sql_);
    SqlEdit edit(sql_);
    int depth = 0;
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      if (word(at_).is_mark('(')) ++depth;
      if (word(at_).is_mark(')')) --depth;
      if (names_role(at_, depth)) replace(edit);
    }
    return edit.finish();
  }

 private:
  const SqlToken& word(std::size_t index) const {
    static const SqlToken kNone{SqlTokenKind::mark, 0, 0, " ", {}};
    return index < tokens_.size() ? tokens_[index] : kNone;
  }
  const SqlToken& before(std::size_t index, std::size_t steps = 1) const {
    return index >= steps ? word(index - steps) : word(tokens_.size());
  }
  bool starts_with(std::string_view first) const { return tokens_.front().is_word(first); }
  bool starts_with(std::string_view first, std::string_view second) const {
    return starts_with(first) && word(1).is_word(second);
  }

  // The list of roles behind TO, FROM and FOR goes on at a comma.
  std::size_t list_begin(std::size_t index) const {
    while (index >= 2 && word(index - 1).is_mark(',') && word(index - 2).is_name()) index -= 2;
    return index;
  }

  bool grants() const {
    return starts_with("GRANT") || starts_with("REVOKE") || starts_with("ALTER", "DEFAULT");
  }

  bool names_role(std::size_t index, int depth) const {
    const SqlToken& token = word(index);
    if (token.kind == SqlTokenKind::literal) return literal_names_role(index);
    if (!token.is_name() || index == 0) return false;
    if (token.is_word("PUBLIC") || before(index).is_mark('.') || word(index + 1).is_mark('.')) return false;
    const SqlToken& previous = before(index);
    if (previous.is_word("AUTHORIZATION")) return true;
    if (previous.is_word("TO") && before(index, 2).is_word("OWNER")) return true;
    if (previous.is_word("OWNER") && starts_with("CREATE", "TABLESPACE")) return true;
    if (previous.is_word("BY") && before(index, 2).is_word("GRANTED")) return true;
    if (previous.is_word("MAPPING") || depth > 0) return false;
    const std::size_t begin = list_begin(index);
    const SqlToken& introducer = before(begin);
    if (grants() && (introducer.is_word("TO") || introducer.is_word("FROM"))) return true;
    if (introducer.is_word("TO") && (starts_with("CREATE", "POLICY") || starts_with("ALTER", "POLICY")))
      return true;
    if (introducer.is_word("FOR") && word(1).is_word("USER") && word(2).is_word("MAPPING")) return true;
    return role_statement(index, introducer);
  }

  // CREATE ROLE x, ALTER ROLE x IN DATABASE ..., COMMENT ON ROLE x, GRANT x TO y, FOR ROLE x.
  bool role_statement(std::size_t index, const SqlToken& introducer) const {
    const bool about_role =
        introducer.is_word("ROLE") || (introducer.is_word("EXISTS") && before(index, 3).is_word("ROLE"));
    const bool ddl = starts_with("CREATE", "ROLE") || starts_with("ALTER", "ROLE") ||
                     starts_with("DROP", "ROLE") || starts_with("COMMENT") || starts_with("SECURITY") ||
                     starts_with("ALTER", "DEFAULT");
    if (about_role && ddl) return !(word(index).is_word("ALL") && starts_with("ALTER", "ROLE"));
    // The role that is granted, where no privilege on an object is.
    return (introducer.is_word("GRANT") || introducer.is_word("REVOKE")) && is_membership();
  }

  bool is_membership() const {
    for (const SqlToken& token : tokens_) {
      if (token.is_word("ON")) return false;
      if (token.is_word("TO") || token.is_word("FROM")) return true;
    }
    return false;
  }

  // 'x'::regrole, and SET role TO 'x' of a function.
  bool literal_names_role(std::size_t index) const {
    if (word(index + 1).kind == SqlTokenKind::cast) {
      const bool qualified = word(index + 2).is_word("pg_catalog") && word(index + 3).is_mark('.');
      return word(index + (qualified ? 4 : 2)).is_word("regrole");
    }
    const bool is_value = before(index).is_word("TO") && before(index, 3).is_word("SET");
    const SqlToken& setting = before(index, 2);
    return is_value && (setting.is_word("role") || setting.is_word("session_authorization"));
  }

  void replace(SqlEdit& edit) const {
    const SqlToken& token = word(at_);
    const bool literal = token.kind == SqlTokenKind::literal;
    std::string old = token.name;
    if (literal) old = literal_value(token).value_or(std::string());
    // What a regrole is cast from is an identifier, with its quotes.
    const std::vector<SqlToken> inner = lex_sql(old);
    const bool regrole = literal && word(at_ + 1).kind == SqlTokenKind::cast;
    if (regrole) {
      if (inner.size() != 1 || !inner.front().is_name()) return;
      const auto found = roles_.find(inner.front().name);
      if (found != roles_.end()) edit.replace(token, quote_literal(quote_identifier(found->second)));
      return;
    }
    const auto found = roles_.find(old);
    if (found == roles_.end()) return;
    edit.replace(token, literal ? quote_literal(found->second) : quoted_like(token.text, old, found->second));
  }

  std::string_view sql_;
  const NameMap& roles_;
  std::vector<SqlToken> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

std::string with_roles(std::string_view sql, const NameMap& roles) {
  return RoleFinder(sql, roles).run();
}

std::string quoted_like(std::string_view token, std::string_view old_name, std::string_view new_name) {
  const bool needlessly = token.starts_with('"') && is_plain_identifier(old_name);
  const QuoteAllIdentifiers quoting(needlessly);
  return quote_identifier(new_name);
}

}  // namespace pgark::restore
