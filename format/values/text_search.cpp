#include <algorithm>
#include <vector>

#include "format/values/digits.hpp"
#include "format/values/value_type.hpp"

namespace pgark::values {
namespace {

// In quotes, with quotes and backslashes doubled.
void put_lexeme(std::string_view lexeme, TextOut& out) {
  out.put('\'');
  for (const char c : lexeme) {
    if (c == '\'' || c == '\\') out.put(c);
    out.put(c);
  }
  out.put('\'');
}

}  // namespace

// u32 count; for each lexeme its zero-terminated text, u16 count of positions, and for each u16: weight (A is
// 3, D, the default, 0) in the two highest bits, position below.
Fault write_tsvector(const ValueType&, ByteSpan value, TextOut& out) {
  constexpr unsigned kWeightShift = 14;
  ByteReader reader(value);
  const std::uint32_t count = reader.u32_be();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    const std::string_view lexeme = reader.cstring();
    const unsigned positions = reader.u16_be();
    if (!reader.ok() || reader.remaining() / 2 < positions) return kWrongLength;
    if (i > 0) out.put(' ');
    put_lexeme(lexeme, out);
    for (unsigned k = 0; k < positions; ++k) {
      const unsigned position = reader.u16_be(), weight = position >> kWeightShift;
      out.put(k == 0 ? ':' : ',');
      out.advance_to(put_integer(out.room(kIntegerCharsMax), position & ((1U << kWeightShift) - 1)));
      if (weight > 0) out.put("DCBA"[weight]);
    }
  }
  return reader.done() ? nullptr : kWrongLength;
}

namespace {

enum Operator : std::uint8_t { kNot = 1, kAnd = 2, kOr = 3, kPhrase = 4 };

// Writes the text of a tsquery from its end to its start, because that is the order of its nodes: an
// operator, all of its right operand, its left one. The operators that still wait for operands are on a stack
// of our own, whatever their number.
class BackwardQuery {
 public:
  BackwardQuery(ByteReader& reader, TextOut& out) : reader_(reader), out_(out) {}

  Fault write(std::uint32_t nodes) {
    int parent_priority = -1;
    bool right_of_phrase = false;
    for (std::uint32_t i = 0; i < nodes; ++i) {
      const std::uint8_t kind = reader_.u8();
      if (kind == 2) {
        if (const Fault fault = open_operator(parent_priority, right_of_phrase)) return fault;
      } else if (kind == 1) {
        if (const Fault fault = put_operand()) return fault;
        close_operators();
        if (waiting_.empty()) return i + 1 == nodes ? nullptr : kMalformed;
      } else {
        return reader_.ok() ? kMalformed : kWrongLength;
      }
      const Waiting& next = waiting_.back();
      parent_priority = priority_of(next.op);
      right_of_phrase = next.op == kPhrase && next.operands_left == 2;
    }
    return nodes == 0 ? nullptr : kMalformed;
  }

 private:
  struct Waiting {
    Operator op;
    std::uint8_t operands_left;
    bool in_parentheses;
    std::uint16_t distance;
  };

  static int priority_of(Operator op) {
    switch (op) {
      case kNot: return 4;
      case kPhrase: return 3;
      case kAnd: return 2;
      case kOr: return 1;
    }
    return 0;
  }

  // u8 operator; of a phrase u16 distance.
  Fault open_operator(int parent_priority, bool right_of_phrase) {
    const std::uint8_t number = reader_.u8();
    if (!reader_.ok()) return kWrongLength;
    if (number < kNot || number > kPhrase) return kMalformed;
    Waiting waiting{static_cast<Operator>(number), 2, false, 0};
    if (waiting.op == kNot) waiting.operands_left = 1;
    if (waiting.op == kPhrase) waiting.distance = reader_.u16_be();
    if (!reader_.ok()) return kWrongLength;
    // <-> is not associative: its right operand keeps its parentheses.
    waiting.in_parentheses =
        priority_of(waiting.op) < parent_priority || (waiting.op == kPhrase && right_of_phrase);
    if (waiting.in_parentheses) put_backward(" )");
    waiting_.push_back(waiting);
    return nullptr;
  }

  // u8 weights, u8 prefix, zero-terminated lexeme: 'lexeme':*ABCD.
  Fault put_operand() {
    const unsigned weights = reader_.u8();
    const bool is_prefix = reader_.u8() != 0;
    const std::string_view lexeme = reader_.cstring();
    if (!reader_.ok()) return kWrongLength;
    if (weights > 0xF) return kMalformed;
    const std::size_t from = out_.size();
    put_lexeme(lexeme, out_);
    if (weights != 0 || is_prefix) out_.put(':');
    if (is_prefix) out_.put('*');
    for (unsigned bit = 4; bit-- > 0;) {
      if ((weights >> bit & 1) != 0) out_.put("DCBA"[bit]);
    }
    std::reverse(out_.data() + from, out_.data() + out_.size());
    return nullptr;
  }

  // An operand is complete, and with it perhaps the operator it belongs to, and so on.
  void close_operators() {
    while (!waiting_.empty()) {
      Waiting& top = waiting_.back();
      if (--top.operands_left == 1) {
        put_infix(top);
        return;
      }
      if (top.op == kNot) out_.put('!');
      if (top.in_parentheses) put_backward("( ");
      waiting_.pop_back();
    }
  }

  void put_infix(const Waiting& waiting) {
    switch (waiting.op) {
      case kAnd: put_backward(" & "); return;
      case kOr: put_backward(" | "); return;
      case kPhrase: put_phrase(waiting.distance); return;
      case kNot: return;
    }
  }

  void put_phrase(std::uint16_t distance) {
    if (distance == 1) {
      put_backward(" <-> ");
      return;
    }
    char text[kIntegerCharsMax + 4];
    char* at = put_text(text, " <");
    at = put_text(put_integer(at, static_cast<std::int16_t>(distance)), "> ");
    put_backward({text, static_cast<std::size_t>(at - text)});
  }

  void put_backward(std::string_view text) {
    char* const at = out_.room(text.size());
    std::reverse_copy(text.begin(), text.end(), at);
    out_.advance_to(at + text.size());
  }

  ByteReader& reader_;
  TextOut& out_;
  std::vector<Waiting> waiting_;
};

}  // namespace

// u32 number of nodes, then the nodes, each u8 kind (1 operand, 2 operator) and what the functions above
// read.
Fault write_tsquery(const ValueType&, ByteSpan value, TextOut& out) {
  ByteReader reader(value);
  const std::uint32_t nodes = reader.u32_be();
  if (!reader.ok()) return kWrongLength;
  const std::size_t from = out.size();
  if (const Fault fault = BackwardQuery(reader, out).write(nodes)) return fault;
  if (!reader.done()) return kWrongLength;
  std::reverse(out.data() + from, out.data() + out.size());
  return nullptr;
}

}  // namespace pgark::values
