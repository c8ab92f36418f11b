#include "protocol/wire/message/type.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace pgark::wire {
namespace {

constexpr std::array<std::pair<BackendType, std::string_view>, 24> kNames{{
    {BackendType::authentication, "Authentication"},
    {BackendType::backend_key_data, "BackendKeyData"},
    {BackendType::bind_complete, "BindComplete"},
    {BackendType::close_complete, "CloseComplete"},
    {BackendType::command_complete, "CommandComplete"},
    {BackendType::copy_both_response, "CopyBothResponse"},
    {BackendType::copy_data, "CopyData"},
    {BackendType::copy_done, "CopyDone"},
    {BackendType::copy_in_response, "CopyInResponse"},
    {BackendType::copy_out_response, "CopyOutResponse"},
    {BackendType::data_row, "DataRow"},
    {BackendType::empty_query_response, "EmptyQueryResponse"},
    {BackendType::error_response, "ErrorResponse"},
    {BackendType::function_call_response, "FunctionCallResponse"},
    {BackendType::negotiate_protocol_version, "NegotiateProtocolVersion"},
    {BackendType::no_data, "NoData"},
    {BackendType::notice_response, "NoticeResponse"},
    {BackendType::notification_response, "NotificationResponse"},
    {BackendType::parameter_description, "ParameterDescription"},
    {BackendType::parameter_status, "ParameterStatus"},
    {BackendType::parse_complete, "ParseComplete"},
    {BackendType::portal_suspended, "PortalSuspended"},
    {BackendType::ready_for_query, "ReadyForQuery"},
    {BackendType::row_description, "RowDescription"},
}};

}  // namespace

std::string backend_type_name(char type) {
  for (const auto& [known, name] : kNames) {
    if (static_cast<char>(known) == type) return std::string(name);
  }
  return fmt::format("message of type 0x{:02x}", static_cast<unsigned char>(type));
}

}  // namespace pgark::wire
