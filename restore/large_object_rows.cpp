#include "restore/large_object_rows.hpp"

#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/sql_quote.hpp"

namespace pgark::restore {
namespace {

constexpr std::size_t kStatementHexMax = std::size_t{1} << 20;
constexpr std::size_t kJoinedHexMax = std::size_t{512} << 10;

// Of arrays, each a parameter ($1) or a literal. Digits alone need no quotes in them.
std::string write_sql(const std::string& oids, const std::string& offsets, const std::string& hex) {
  return "SELECT pg_catalog.lo_put(w.oid, w.at, pg_catalog.decode(w.hex, 'hex')) FROM ROWS FROM"
         " (pg_catalog.unnest(" +
         oids + "::pg_catalog.oid[]), pg_catalog.unnest(" + offsets +
         "::pg_catalog.int8[]), pg_catalog.unnest(" + hex + "::pg_catalog.text[])) AS w (oid, at, hex)";
}

// An object may end with a page that holds nothing, which says how long it is: the zeros before it are not
// stored. 393216 is INV_READ | INV_WRITE, 2 is SEEK_END; each step takes the result of the one before, so the
// planner cannot change their order.
std::string extend_sql(const std::string& oids, const std::string& offsets) {
  return "SELECT c.closed FROM ROWS FROM (pg_catalog.unnest(" + oids +
         "::pg_catalog.oid[]), pg_catalog.unnest(" + offsets +
         "::pg_catalog.int8[])) AS w (oid, at)"
         " CROSS JOIN LATERAL (SELECT pg_catalog.lo_open(w.oid, 393216) AS fd OFFSET 0) o"
         " CROSS JOIN LATERAL (SELECT CASE WHEN pg_catalog.lo_lseek64(o.fd, 0, 2) < w.at"
         " THEN pg_catalog.lo_truncate64(o.fd, w.at) ELSE 0 END AS done OFFSET 0) t"
         " CROSS JOIN LATERAL (SELECT pg_catalog.lo_close(o.fd + t.done) AS closed OFFSET 0) c";
}

using Piece = LargeObjectPiece;

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos && text.size() % 2 == 0;
}

// OID, tab, offset, tab, \\x and the digits: COPY doubles the backslash.
bool read_piece(std::string_view line, Piece& piece) {
  constexpr std::string_view kHexMark = "\\\\x";
  const std::size_t first = line.find('\t');
  if (first == std::string_view::npos) return false;
  const std::size_t second = line.find('\t', first + 1);
  if (second == std::string_view::npos) return false;
  piece.hex = line.substr(second + 1);
  if (!piece.hex.starts_with(kHexMark)) return false;
  piece.hex.remove_prefix(kHexMark.size());
  return read_number(line.substr(0, first), piece.oid) &&
         read_number(line.substr(first + 1, second - first - 1), piece.at) && is_hex(piece.hex);
}

// Collects pieces into statements.
class Batches {
 public:
  void add(const Piece& piece) {
    if (piece.hex.empty()) {
      if (piece.at != 0) add_item(extend_oids_, extend_offsets_, piece);
      return;
    }
    const bool follows = piece.oid == last_oid_ && piece.at == last_end_ && joined_ < kJoinedHexMax;
    if (!follows) {
      if (hex_.size() >= kStatementHexMax) flush();
      add_item(oids_, offsets_, piece);
      if (!hex_.empty()) hex_ += ',';
      joined_ = 0;
    }
    hex_ += piece.hex;
    joined_ += piece.hex.size();
    last_oid_ = piece.oid;
    last_end_ = piece.at + piece.hex.size() / 2;
  }

  std::vector<protocol::Statement> take() {
    flush();
    if (!extend_oids_.empty()) {
      statements_.push_back({extend_sql("$1", "$2"), {in_braces(extend_oids_), in_braces(extend_offsets_)}});
    }
    return std::move(statements_);
  }

 private:
  static std::string in_braces(const std::string& items) { return "{" + items + "}"; }

  static void add_item(std::string& oids, std::string& offsets, const Piece& piece) {
    if (!oids.empty()) {
      oids += ',';
      offsets += ',';
    }
    oids += std::to_string(piece.oid);
    offsets += std::to_string(piece.at);
  }

  void flush() {
    if (oids_.empty()) return;
    statements_.push_back(
        {write_sql("$1", "$2", "$3"), {in_braces(oids_), in_braces(offsets_), in_braces(hex_)}});
    oids_.clear();
    offsets_.clear();
    hex_.clear();
  }

  std::vector<protocol::Statement> statements_;
  std::string oids_, offsets_, hex_, extend_oids_, extend_offsets_;
  std::uint32_t last_oid_ = 0;
  std::uint64_t last_end_ = 0;
  std::size_t joined_ = 0;
};

}  // namespace

Result<> each_large_object_piece(ByteSpan rows, const std::function<void(const LargeObjectPiece&)>& take) {
  std::string_view text = as_text(rows);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    Piece piece;
    if (end == std::string_view::npos || !read_piece(text.substr(0, end), piece)) {
      return fail(ErrorCode::archive_damaged, "a row is no piece of a large object", "LARGE OBJECT DATA");
    }
    take(piece);
    text.remove_prefix(end + 1);
  }
  return {};
}

Result<std::vector<protocol::Statement>> large_object_statements(ByteSpan rows,
                                                                 const LargeObjectIds* left_out) {
  Batches batches;
  const auto read = each_large_object_piece(rows, [&](const Piece& piece) {
    if (left_out == nullptr || !left_out->contains(piece.oid)) batches.add(piece);
  });
  if (!read) return tl::unexpected<Error>(read.error());
  return batches.take();
}

Result<std::vector<std::string>> large_object_sql(ByteSpan rows) {
  auto statements = large_object_statements(rows);
  if (!statements) return tl::unexpected(statements.error());
  std::vector<std::string> texts;
  for (const protocol::Statement& statement : *statements) {
    std::vector<std::string> literals;
    for (const std::string& value : statement.parameters) literals.push_back(quote_literal(value));
    texts.push_back(literals.size() == 3 ? write_sql(literals[0], literals[1], literals[2])
                                         : extend_sql(literals[0], literals[1]));
  }
  return texts;
}

}  // namespace pgark::restore
