#include "protocol/wire/frame_reader.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "wire/script.hpp"

namespace pgark::wire {
namespace {

using testing::be32;
using testing::msg;

void feed(FrameReader& reader, std::string_view bytes) {
  const MutableByteSpan space = reader.prepare(bytes.size());
  ASSERT_GE(space.size(), bytes.size());
  std::memcpy(space.data(), bytes.data(), bytes.size());
  reader.commit(bytes.size());
}

FrameReader trusted_reader(std::size_t capacity_bytes = 16) {
  FrameReader reader(capacity_bytes);
  reader.set_trusted();
  return reader;
}

TEST(FrameReader, YieldsMessagesInOrder) {
  FrameReader reader;
  feed(reader, msg('Z', "I") + msg('1', "") + msg('C', "SELECT 1"));
  for (const auto& [type, payload] : {std::pair{'Z', "I"}, {'1', ""}, {'C', "SELECT 1"}}) {
    const auto message = reader.next();
    ASSERT_TRUE(message && *message);
    EXPECT_EQ((*message)->type, type);
    EXPECT_EQ(as_text((*message)->payload), payload);
  }
  EXPECT_FALSE(reader.next()->has_value());
  EXPECT_EQ(reader.buffered(), 0u);
}

TEST(FrameReader, WaitsForWholeMessages) {
  const std::string bytes = msg('C', "SELECT 1");
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    FrameReader reader(10);
    feed(reader, bytes.substr(0, cut));
    EXPECT_FALSE(reader.next()->has_value()) << cut;
    feed(reader, bytes.substr(cut));
    const auto message = reader.next();
    ASSERT_TRUE(message && *message) << cut;
    EXPECT_EQ(as_text((*message)->payload), "SELECT 1");
  }
}

TEST(FrameReader, RefusesLengthsBelowFourForEver) {
  for (const std::uint32_t length : {0u, 1u, 3u}) {
    FrameReader reader;
    feed(reader, "Z" + be32(length));
    ASSERT_FALSE(reader.next());
    EXPECT_EQ(reader.next().error().code, ErrorCode::protocol);
    feed(reader, msg('Z', "I"));
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.peek());
    std::vector<std::byte> out;
    reader.append_payloads('Z', out, 100);
    EXPECT_TRUE(out.empty());
  }
}

TEST(FrameReader, LimitsEveryMessageBeforeAuthentication) {
  for (const char type : {'R', 'E', 'D', 'd', 'Z'}) {
    FrameReader allowed;
    feed(allowed, type + be32(kSmallPayloadBytesMax + 4));
    EXPECT_TRUE(allowed.next());
    FrameReader refused;
    feed(refused, type + be32(kSmallPayloadBytesMax + 5));
    EXPECT_FALSE(refused.next());
  }
}

TEST(FrameReader, LimitsByTypeAfterwards) {
  const auto accepts = [](char type, std::size_t payload_bytes) {
    FrameReader reader = trusted_reader();
    feed(reader, type + be32(static_cast<std::uint32_t>(payload_bytes + 4)));
    return reader.next().has_value();
  };
  for (const char type : {'D', 'd'}) {
    EXPECT_TRUE(accepts(type, kRowPayloadBytesMax));
    EXPECT_FALSE(accepts(type, kRowPayloadBytesMax + 1));
  }
  for (const char type : {'E', 'N', 'T', 'S'}) {
    EXPECT_TRUE(accepts(type, kTextPayloadBytesMax));
    EXPECT_FALSE(accepts(type, kTextPayloadBytesMax + 1));
  }
  for (const char type : {'Z', 'C', 'K', 'x'}) {
    EXPECT_TRUE(accepts(type, kSmallPayloadBytesMax));
    EXPECT_FALSE(accepts(type, kSmallPayloadBytesMax + 1));
  }
}

TEST(FrameReader, GrowsWithWhatArrivesNotWithWhatIsClaimed) {
  FrameReader reader = trusted_reader(1024);
  feed(reader, "d" + be32(kRowPayloadBytesMax + 4));
  EXPECT_FALSE(reader.next()->has_value());
  EXPECT_LE(reader.prepare().size(), 2048u);
  EXPECT_LE(reader.capacity_bytes(), 2048u);
}

TEST(FrameReader, ShrinksBackAfterALongMessage) {
  FrameReader reader = trusted_reader(64);
  feed(reader, msg('D', std::string(5000, 'x')));
  EXPECT_GE(reader.capacity_bytes(), 5000u);
  EXPECT_EQ((*reader.next())->payload.size(), 5000u);
  (void)reader.prepare();
  EXPECT_EQ(reader.capacity_bytes(), 64u);
}

TEST(FrameReader, PrepareGivesWhatIsAskedForAndKeepsTheRest) {
  FrameReader reader(16);
  feed(reader, msg('Z', "I") + "C");
  ASSERT_TRUE(reader.next()->has_value());
  EXPECT_GE(reader.prepare(100).size(), 100u);
  feed(reader, msg('C', "x").substr(1));
  EXPECT_EQ(as_text((*reader.next())->payload), "x");
}

TEST(FrameReader, GivesOpenMessagesInPieces) {
  FrameReader reader = trusted_reader();
  const std::string bytes = msg('d', "abcdefgh") + msg('c', "");
  feed(reader, bytes.substr(0, 7));
  const auto header = reader.peek();
  ASSERT_TRUE(header && *header);
  EXPECT_EQ((*header)->payload_bytes, 8u);
  reader.open();
  EXPECT_EQ(as_text(reader.piece()), "ab");
  EXPECT_EQ(reader.open_bytes(), 6u);
  EXPECT_TRUE(reader.piece().empty());
  feed(reader, bytes.substr(7));
  EXPECT_EQ(as_text(reader.piece()), "cdefgh");
  EXPECT_EQ(reader.open_bytes(), 0u);
  EXPECT_EQ((*reader.next())->type, 'c');
}

TEST(FrameReader, AppendsWholePayloadsOfOneTypeUpToTheLimit) {
  FrameReader reader = trusted_reader();
  feed(reader,
       msg('d', "aa") + msg('d', "") + msg('d', "bbb") + msg('d', "cc") + msg('c', "") + msg('d', "e"));
  std::vector<std::byte> out;
  reader.append_payloads('d', out, 5);
  EXPECT_EQ(as_text(out), "aabbb");
  reader.append_payloads('d', out, 100);
  EXPECT_EQ(as_text(out), "aabbbcc");
  EXPECT_EQ((*reader.next())->type, 'c');
  out.clear();
  reader.append_payloads('d', out, 0);
  EXPECT_TRUE(out.empty());
}

TEST(FrameReader, TakesTheSslAnswerAsOneByte) {
  FrameReader reader;
  EXPECT_FALSE(reader.take_byte());
  feed(reader, "SX");
  EXPECT_EQ(reader.take_byte(), std::byte{'S'});
  EXPECT_EQ(reader.buffered(), 1u);
}

}  // namespace
}  // namespace pgark::wire
