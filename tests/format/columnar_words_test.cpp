// Columns of text as words.
#include <gtest/gtest.h>

#include <algorithm>

#include "format/codec.hpp"
#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/words.hpp"
#include "format/columnar_rows.hpp"

namespace pgark::format::columnar {
namespace {

using test::Field;
using test::one_column;

ColumnHead head_of(ByteSpan payload) {
  return value_or_throw(get_column_head(payload.subspan(kHeadBytes)));
}

// How the column is stored; it comes back, on every level of instructions.
Values stored(const std::vector<Field>& fields) {
  const ByteBuffer rows = one_column(fields);
  ByteBuffer first;
  for (const SimdLevel level : {SimdLevel::scalar, SimdLevel::sse2, SimdLevel::avx2}) {
    if (level > best_simd_level()) continue;
    Encoder encoder(level);
    const auto encoded = value_or_throw(encoder.encode(rows, true));
    const ByteSpan payload = encoded.pieces.front();
    if (first.empty()) first.assign(payload.begin(), payload.end());
    EXPECT_TRUE(std::ranges::equal(first, payload));
    ByteBuffer back;
    const auto totals = value_or_throw(Decoder(level).decode(payload, rows.size(), true, back));
    EXPECT_TRUE(back == rows);
    EXPECT_EQ(totals.digest, encoded.totals.digest);
  }
  return head_of(first).values;
}

std::vector<Field> sentences(std::size_t count, std::uint64_t vocabulary) {
  std::mt19937_64 random(7);
  std::vector<Field> fields;
  for (std::size_t i = 0; i < count; ++i) fields.emplace_back(test::sentence(random, vocabulary));
  return fields;
}

std::size_t compressed(const std::vector<Field>& fields, FarValues far) {
  Encoder encoder;
  const ByteBuffer rows = one_column(fields);
  const auto encoded = value_or_throw(encoder.encode(rows, true, far));
  ByteBuffer payload;
  for (const ByteSpan piece : encoded.pieces) payload.insert(payload.end(), piece.begin(), piece.end());
  CodecContexts codec;
  return value_or_throw(codec.compress(payload, {Codec::zstd, 1}, {}, encoded.cuts)).size();
}

TEST(ColumnarWords, sentences_of_few_words) {
  const auto fields = sentences(4000, 60);
  EXPECT_EQ(stored(fields), Values::words);
  // Where values are left in the rows for want of a codec, no words are looked for.
  EXPECT_LT(compressed(fields, FarValues::are_copied) * 10, compressed(fields, FarValues::stay) * 8);
}

TEST(ColumnarWords, more_words_than_one_byte_numbers) {
  EXPECT_EQ(stored(sentences(20'000, 700)), Values::words);
}

TEST(ColumnarWords, more_words_than_have_a_number) {
  auto fields = sentences(10'000, 100);
  for (int i = 0; i < 9000; ++i) fields.emplace_back("number " + std::to_string(i * 77) + " of many");
  EXPECT_EQ(stored(fields), Values::words);
}

TEST(ColumnarWords, nulls_and_empty_texts) {
  auto fields = sentences(4000, 60);
  for (std::size_t i = 0; i < fields.size(); i += 3) fields[i] = i % 2 == 0 ? std::nullopt : Field("");
  EXPECT_EQ(stored(fields), Values::words);
}

// Values of this length stay in the rows otherwise; the longest one is longer than the sample.
TEST(ColumnarWords, long_texts_among_short_ones) {
  auto fields = sentences(2000, 60);
  std::string book;
  for (std::size_t i = 0; i < 400; ++i) book += fields[i].value_or("") + "\n";
  fields[0] = book;
  fields[1000] = book + "other";
  fields.back() = book.substr(0, 513);
  EXPECT_EQ(stored(fields), Values::words);
}

TEST(ColumnarWords, texts_of_one_length) {
  std::mt19937_64 random(3);
  std::vector<Field> fields;
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int word = 0; word < 5; ++word) text += std::to_string(1'000'000 + random() % 50 * 7919) + " ";
    fields.emplace_back(text);
  }
  EXPECT_EQ(stored(fields), Values::words);
}

TEST(ColumnarWords, what_has_no_words_stays_as_it_is) {
  std::mt19937_64 random(9);
  std::vector<Field> bytes, digests, numbers;
  for (int i = 0; i < 3000; ++i) {
    std::string noise(20 + random() % 20, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    bytes.emplace_back(noise);
    std::string digest;
    for (std::uint64_t digit = random() % 9 + 24; digit > 0; --digit)
      digest += "0123456789abcdef"[random() % 16];
    digests.emplace_back(digest);
    numbers.emplace_back(std::to_string(random()) + " " + std::to_string(random()));
  }
  EXPECT_EQ(stored(bytes), Values::plain);
  EXPECT_EQ(stored(digests), Values::plain);
  EXPECT_EQ(stored(numbers), Values::plain);
  // Too short a column for any word to come again.
  EXPECT_EQ(stored(sentences(100, 60)), Values::plain);
}

TEST(ColumnarWords, words_and_literals) {
  const std::string text = "one two,two  three_four\xC3\xA9 seventeen-letters onewordofseventeen.";
  std::string padded = text + std::string(kSlackBytes, '\0');
  const std::uint32_t length = static_cast<std::uint32_t>(text.size());
  const Texts texts{as_bytes(padded).data(), 1, text.size(), &length, 0};
  Words words;
  words.split(kernels(best_simd_level()), texts);
  std::vector<std::string> entries;
  for (const Word& word : words.entries()) {
    std::string bytes(kWordBytesMax, '\0');
    std::memcpy(bytes.data(), &word.head, kWordBytesMax);
    entries.push_back(bytes.substr(0, word.length));
  }
  EXPECT_EQ(entries, (std::vector<std::string>{"one ", "two,", "two ", " ", "three_", "four\xC3\xA9 ",
                                               "seventeen-", "letters "}));
  const std::vector<std::uint16_t> codes(words.codes().begin(), words.codes().end());
  EXPECT_EQ(codes, (std::vector<std::uint16_t>{1, 2, 3, 4, 5, 6, 7, 8, 0}));
  EXPECT_EQ(words.counts()[0], codes.size());
  EXPECT_EQ(as_text(words.literals()), "onewordofseventeen.");
  ASSERT_EQ(words.literal_lengths().size(), 1U);
  EXPECT_EQ(words.literal_lengths()[0], 19U);
}

// What no writer writes. The column: entries "ab", "c"; two values of one and of two words, the last a
// literal.
ByteBuffer small_payload(const std::string& streams) {
  Head head{1, 2, 2 * (2 + 4) + 2 + 1 + 3};
  ByteBuffer payload(kHeadBytes + kColumnHeadBytes);
  put_head(head, payload.data());
  ColumnHead column;
  column.values = Values::words;
  column.entries = 2;
  column.stored_bytes = static_cast<std::uint32_t>(streams.size());
  put_column_head(column, payload.data() + kHeadBytes);
  const ByteSpan bytes = as_bytes(streams);
  payload.insert(payload.end(), bytes.begin(), bytes.end());
  payload.resize(payload.size() + kTailBytes);
  return payload;
}

std::string refusal(const std::string& streams) {
  ByteBuffer out;
  const auto totals = Decoder().decode(small_payload(streams), 1000, true, out);
  if (totals) return std::string(as_text(out));
  constexpr std::string_view kWhere = "column 1 of the columnar payload: ";
  const std::string& message = totals.error().message;
  return message.starts_with(kWhere) ? message.substr(kWhere.size()) : message;
}

TEST(ColumnarWords, streams_that_no_writer_writes) {
  using namespace std::string_literals;
  const std::string entries = "\x02\x01"s + "abc"s;
  const std::string counts = "\x08\0\0\0"s + "\x01\x02"s;
  const std::string codes = "\x02\0"s + "\x01\x02\0"s;
  const std::string literals = "\0\0\0\0\x03"s + "xyz"s;
  EXPECT_EQ(refusal(entries + counts + codes + literals),
            "\0\x01\0\0\0\x02"s + "ab\0\x01\0\0\0\x04"s + "cxyz");
  EXPECT_EQ(refusal("\x00\x01"s + "abc"s + counts + codes + literals), "a word has an impossible length");
  EXPECT_EQ(refusal("\x11\x01"s + std::string(18, 'a') + counts + codes + literals),
            "a word has an impossible length");
  EXPECT_EQ(refusal(entries + counts + "\x02\0\x03\x02\0"s + literals), "a code has no word");
  EXPECT_EQ(refusal(entries + counts + codes + "\0\0\0\0\0"s), "a literal is empty");
  EXPECT_EQ(refusal(entries + "\0\0\0\0\0"s), "there is no word");
  EXPECT_EQ(refusal(entries + "\x08\0\0\0"s + "\x01\x20"s + codes + literals),
            "the values are longer than the rows");
  EXPECT_EQ(refusal(entries + counts + codes + "\0\0\0\0\x04"s + "xyzz"),
            "the values are longer than the rows");
  EXPECT_EQ(refusal(entries + counts + codes + literals + "z"), "the streams are longer than its head says");
  for (std::size_t length = 0; length < 24; ++length) {
    EXPECT_EQ(
        refusal((entries + counts + codes + literals).substr(0, length)).find("the streams are shorter"), 0U)
        << length;
  }
}

}  // namespace
}  // namespace pgark::format::columnar
