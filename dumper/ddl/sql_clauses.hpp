// Pieces of SQL that several kinds of objects share. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dumper/catalog/model.hpp"

namespace pgark::dumper {

// "fillfactor='70', toast.x='y'" from "name=value" items; names are prefixed, values quoted unless they are
// plain identifiers (A7.6).
std::string options_sql(std::span<const std::string> options, std::string_view name_prefix = {});

// " WITH (...)" with `lead` before it, or nothing.
std::string with_options_sql(std::span<const std::string> options, std::string_view lead);

// "name TO 'value'" of a configuration setting "name=value". Settings that hold a list of names are taken
// apart and each element is quoted by itself (B12).
std::string setting_sql(std::string_view name_and_value);

// "a, b": quoted names.
std::string name_list_sql(std::span<const std::string_view> names);

// SECURITY LABEL FOR provider ON target IS 'label'; `target` is SQL, the others are raw.
std::string security_label_sql(std::string_view provider, std::string_view target, std::string_view label);

// "\nOPTIONS (a 'b', ...)" from ready items, or nothing.
std::string generic_options_sql(std::span<const std::string> options);

// SELECT list of typed NULLs that gives a view its columns before its real text can stand (D4.3).
std::string placeholder_query_sql(const Relation& view);

// Runs `statement` only when the relation or type exists; for statements that have no IF EXISTS form.
std::string if_relation_exists_sql(std::string_view relation_sql, std::string_view statement);
std::string if_type_exists_sql(std::string_view type_sql, std::string_view statement);

}  // namespace pgark::dumper
