// The text form of one-dimensional PostgreSQL arrays: reloptions, proconfig, aclitem[], oid[] parameters.
// PostgreSQL documentation, "Arrays", section "Array Input and Output Syntax". Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace pgark {

using ArrayItem = std::optional<std::string>;  // nullopt = NULL

// Accepts "{a,\"b c\",NULL}" with or without a bounds prefix ("[0:2]={...}"). Errors: protocol, with the
// byte offset; nested arrays are refused.
Result<std::vector<ArrayItem>> parse_array(std::string_view text);

// As parse_array; NULL items are an error.
Result<std::vector<std::string>> parse_text_array(std::string_view text);

// Array literals for statement parameters. Every text item is quoted, so nothing in it is special.
std::string encode_text_array(std::span<const ArrayItem> items);
std::string encode_oid_array(std::span<const std::uint32_t> oids);

// "name=value" cut at the first '='; without one the value is empty.
std::pair<std::string, std::string> split_option(std::string_view option);

}  // namespace pgark
