// Every decoder of backend messages, against byte literals.
#include <gtest/gtest.h>

#include <functional>

#include "protocol/wire/message/authentication.hpp"
#include "protocol/wire/message/backend_key_data.hpp"
#include "protocol/wire/message/command_complete.hpp"
#include "protocol/wire/message/copy_response.hpp"
#include "protocol/wire/message/data_row.hpp"
#include "protocol/wire/message/decode.hpp"
#include "protocol/wire/message/negotiate_protocol_version.hpp"
#include "protocol/wire/message/notification_response.hpp"
#include "protocol/wire/message/parameter_description.hpp"
#include "protocol/wire/message/parameter_status.hpp"
#include "protocol/wire/message/ready_for_query.hpp"
#include "protocol/wire/message/row_description.hpp"
#include "protocol/wire/message/server_message.hpp"
#include "protocol/wire/message/type.hpp"
#include "wire/script.hpp"

namespace pgark::wire {
namespace {

using testing::be32;
using testing::lit;
using testing::zs;

// The payload decodes; cut at any length, or followed by a byte, it does not.
template <class Decode>
void expect_exact(const std::string& payload, const Decode& decode) {
  EXPECT_TRUE(decode(as_bytes(payload)));
  for (std::size_t length = 0; length < payload.size(); ++length) {
    const auto cut = decode(as_bytes(payload).first(length));
    EXPECT_FALSE(cut) << "cut at " << length;
    if (!cut) {
      EXPECT_EQ(cut.error().code, ErrorCode::protocol);
    }
  }
  EXPECT_FALSE(decode(as_bytes(payload + 'x'))) << "trailing byte";
}

TEST(Authentication, KnowsOkAndCleartext) {
  expect_exact(lit("\0\0\0\0"), decode_authentication);
  expect_exact(lit("\0\0\0\3"), decode_authentication);
  EXPECT_EQ(decode_authentication(as_bytes(lit("\0\0\0\3")))->kind, AuthenticationKind::cleartext_password);
}

TEST(Authentication, ReadsTheMd5Salt) {
  const std::string payload = lit("\0\0\0\5\1\2\3\4");
  expect_exact(payload, decode_authentication);
  EXPECT_EQ(decode_authentication(as_bytes(payload))->salt[3], std::byte{4});
}

TEST(Authentication, ReadsSaslMechanisms) {
  const std::string payload = lit("\0\0\0\12SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
  expect_exact(payload, decode_authentication);
  const auto decoded = decode_authentication(as_bytes(payload));
  ASSERT_EQ(decoded->mechanisms.size(), 2u);
  EXPECT_EQ(decoded->mechanisms[1], "SCRAM-SHA-256");
}

TEST(Authentication, RefusesEndlessMechanisms) {
  std::string payload = lit("\0\0\0\12");
  for (int i = 0; i < 1000; ++i) payload += zs("X");
  EXPECT_FALSE(decode_authentication(as_bytes(payload + '\0')));
}

TEST(Authentication, NamesWhatIsNotSupported) {
  EXPECT_EQ(authentication_name(decode_authentication(as_bytes(be32(2)))->kind), "Kerberos V5");
  EXPECT_EQ(authentication_name(decode_authentication(as_bytes(be32(7)))->kind), "GSSAPI");
  EXPECT_EQ(authentication_name(decode_authentication(as_bytes(be32(9)))->kind), "SSPI");
  EXPECT_EQ(authentication_name(decode_authentication(as_bytes(be32(4711)))->kind), "unknown");
}

TEST(BackendKeyData, TakesKeysOf4To256Bytes) {
  const auto decoded = decode_backend_key_data(as_bytes(lit("\0\0\x30\x39\1\2\3\4")));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->process_id, 12345u);
  EXPECT_EQ(decoded->secret_key.size(), 4u);
  EXPECT_EQ(decode_backend_key_data(as_bytes(be32(1) + std::string(256, 'k')))->secret_key.size(), 256u);
  EXPECT_FALSE(decode_backend_key_data(as_bytes(be32(1) + std::string(257, 'k'))));
  EXPECT_FALSE(decode_backend_key_data(as_bytes(be32(1) + std::string(3, 'k'))));
  EXPECT_FALSE(decode_backend_key_data({}));
}

TEST(ParameterStatus, ReadsNameAndValue) {
  const std::string payload = lit("server_version\00015.18\0");
  expect_exact(payload, decode_parameter_status);
  EXPECT_EQ(decode_parameter_status(as_bytes(payload))->name, "server_version");
  EXPECT_EQ(decode_parameter_status(as_bytes(payload))->value, "15.18");
}

TEST(ReadyForQuery, KnowsThreeStates) {
  for (const char status : {'I', 'T', 'E'}) {
    const std::string payload(1, status);
    expect_exact(payload, decode_ready_for_query);
    EXPECT_EQ(*decode_ready_for_query(as_bytes(payload)), status);
  }
  EXPECT_FALSE(decode_ready_for_query(as_bytes("X")));
}

const std::string kTwoColumns =
    lit("\0\2"
        "id\0\0\0\x40\1\0\1\0\0\0\x17\0\4\xff\xff\xff\xff\0\0"
        "name\0\0\0\0\0\0\0\0\0\x04\x13\xff\xff\0\0\0\x44\0\0");

TEST(RowDescription, ReadsColumns) {
  expect_exact(kTwoColumns, decode_row_description);
  const auto columns = decode_row_description(as_bytes(kTwoColumns));
  ASSERT_EQ(columns->size(), 2u);
  EXPECT_EQ((*columns)[0].name, "id");
  EXPECT_EQ((*columns)[0].table_oid, 0x4001u);
  EXPECT_EQ((*columns)[0].type_oid, 23u);
  EXPECT_EQ((*columns)[0].type_modifier, -1);
  EXPECT_EQ((*columns)[1].name, "name");
  EXPECT_EQ((*columns)[1].type_oid, 1043u);
  EXPECT_EQ((*columns)[1].type_modifier, 68);
}

TEST(RowDescription, RefusesBinaryAndImpossibleCounts) {
  std::string binary = kTwoColumns;
  binary.back() = 1;
  EXPECT_FALSE(decode_row_description(as_bytes(binary)));
  std::string many = kTwoColumns;
  many[0] = '\xff';
  EXPECT_FALSE(decode_row_description(as_bytes(many)));
  EXPECT_TRUE(decode_row_description(as_bytes(lit("\0\0")))->empty());
}

TEST(DataRow, ReadsValuesAndNulls) {
  const std::string payload = lit("\0\2\0\0\0\3abc\xff\xff\xff\xff");
  const auto decode = [](ByteSpan bytes) {
    ResultSet rows;
    rows.columns.resize(2);
    return decode_data_row(bytes, rows);
  };
  expect_exact(payload, decode);
  expect_exact(payload, [](ByteSpan bytes) { return skip_data_row(bytes, 2); });
  ResultSet rows;
  rows.columns.resize(2);
  ASSERT_TRUE(decode_data_row(as_bytes(payload), rows));
  EXPECT_EQ(rows.get(0, 0), "abc");
  EXPECT_EQ(rows.get(0, 1), std::nullopt);
}

TEST(DataRow, RefusesWrongWidthAndNegativeLengths) {
  EXPECT_FALSE(skip_data_row(as_bytes(lit("\0\1\0\0\0\0")), 2));
  EXPECT_FALSE(skip_data_row(as_bytes(lit("\0\1\xff\xff\xff\xfe")), 1));
  EXPECT_FALSE(skip_data_row(as_bytes(lit("\0\1\x7f\xff\xff\xff")), 1));
}

TEST(DataRow, CountsRowsWithoutColumns) {
  ResultSet rows;
  ASSERT_TRUE(decode_data_row(as_bytes(lit("\0\0")), rows));
  EXPECT_EQ(rows.row_count(), 1u);
}

TEST(CommandComplete, ReadsTagAndRowCount) {
  expect_exact(lit("COPY 17\0"), decode_command_complete);
  EXPECT_EQ(*decode_command_complete(as_bytes(lit("COPY 17\0"))), "COPY 17");
  EXPECT_EQ(row_count_of_tag("COPY 17"), 17u);
  EXPECT_EQ(row_count_of_tag("INSERT 0 18446744073709551615"), 18446744073709551615u);
  EXPECT_EQ(row_count_of_tag("BEGIN"), 0u);
  EXPECT_EQ(row_count_of_tag("SELECT 99999999999999999999999"), 0u);
  EXPECT_EQ(row_count_of_tag(""), 0u);
}

TEST(ServerMessage, ReadsAllFields) {
  const std::string payload =
      lit("SFEHLER\0VERROR\0C42P01\0Mno table\0Ddetail\0Hhint\0P15\0Wwhere\0"
          "spublic\0tt\0cc\0dint4\0nt_pkey\0Fparse.c\0L1\0Rerr\0Zfuture\0\0");
  expect_exact(payload, decode_server_message);
  const auto message = decode_server_message(as_bytes(payload));
  EXPECT_EQ(message->severity, "ERROR");
  EXPECT_EQ(message->sqlstate, "42P01");
  EXPECT_EQ(message->message, "no table");
  EXPECT_EQ(message->detail, "detail");
  EXPECT_EQ(message->hint, "hint");
  EXPECT_EQ(message->where, "where");
  EXPECT_EQ(message->position, 15);
  EXPECT_EQ(message->schema, "public");
  EXPECT_EQ(message->table, "t");
  EXPECT_EQ(message->column, "c");
  EXPECT_EQ(message->datatype, "int4");
  EXPECT_EQ(message->constraint, "t_pkey");
  EXPECT_FALSE(is_fatal(*message));
}

TEST(ServerMessage, FallsBackToTheLocalisedSeverity) {
  EXPECT_TRUE(is_fatal(*decode_server_message(as_bytes(lit("SFATAL\0P-3\0\0")))));
  EXPECT_EQ(decode_server_message(as_bytes(lit("P-3\0\0")))->position, 0);
}

TEST(ParameterDescription, ReadsOids) {
  const std::string payload = lit("\0\2\0\0\0\x17\0\0\0\x19");
  expect_exact(payload, decode_parameter_description);
  EXPECT_EQ(*decode_parameter_description(as_bytes(payload)), (std::vector<std::uint32_t>{23, 25}));
  EXPECT_FALSE(decode_parameter_description(as_bytes(lit("\xff\xff"))));
}

TEST(CopyResponse, ReadsFormats) {
  expect_exact(lit("\0\0\2\0\0\0\0"), decode_copy_response);
  expect_exact(lit("\1\0\1\0\1"), decode_copy_response);
  EXPECT_FALSE(decode_copy_response(as_bytes(lit("\0\0\2\0\0\0\0")))->is_binary);
  EXPECT_TRUE(decode_copy_response(as_bytes(lit("\1\0\1\0\1")))->is_binary);
  EXPECT_FALSE(decode_copy_response(as_bytes(lit("\2\0\0"))));
  EXPECT_FALSE(decode_copy_response(as_bytes(lit("\0\0\1\0\1")))) << "a binary column in a text stream";
}

TEST(NotificationResponse, ReadsChannelAndPayload) {
  const std::string payload = lit("\0\0\0\7chan\0load\0");
  expect_exact(payload, decode_notification_response);
  EXPECT_EQ(decode_notification_response(as_bytes(payload))->process_id, 7u);
  EXPECT_EQ(decode_notification_response(as_bytes(payload))->channel, "chan");
  EXPECT_EQ(decode_notification_response(as_bytes(payload))->payload, "load");
}

TEST(NegotiateProtocolVersion, ReadsVersionAndOptions) {
  const std::string payload = lit("\0\3\0\0\0\0\0\1_pq_.x\0");
  expect_exact(payload, decode_negotiate_protocol_version);
  EXPECT_EQ(decode_negotiate_protocol_version(as_bytes(payload))->newest_version, 0x30000u);
  EXPECT_EQ(decode_negotiate_protocol_version(as_bytes(payload))->unknown_options[0], "_pq_.x");
  EXPECT_FALSE(decode_negotiate_protocol_version(as_bytes(lit("\0\3\0\0\xff\xff\xff\xff"))));
}

TEST(DecodeEmpty, RefusesAnyByte) {
  EXPECT_TRUE(decode_empty({}, "NoData"));
  const auto result = decode_empty(as_bytes("x"), "NoData");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "malformed NoData from the server");
}

TEST(BackendTypeName, NamesKnownAndUnknown) {
  EXPECT_EQ(backend_type_name('T'), "RowDescription");
  EXPECT_EQ(backend_type_name('V'), "FunctionCallResponse");
  EXPECT_EQ(backend_type_name('\xfe'), "message of type 0xfe");
}

}  // namespace
}  // namespace pgark::wire
