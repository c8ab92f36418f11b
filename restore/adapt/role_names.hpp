// Roles in the statements of entries (--map-owner). Pure.
#pragma once

#include <string>
#include <string_view>

#include "restore/adapt/name_pairs.hpp"

namespace pgark::restore {

// `sql`, one statement of an entry, with its roles by their new names: grantees, grantors, owners, members,
// those of policies, default privileges and user mappings, and SET role of functions. What merely is called
// the same stays.
std::string with_roles(std::string_view sql, const NameMap& roles);

// A name to take the place of a token, quoted where the token was, or where it must be.
std::string quoted_like(std::string_view token, std::string_view old_name, std::string_view new_name);

}  // namespace pgark::restore
