// What a database holds that somebody put there, as SQL.
#pragma once

#include <string>

namespace pgark::restore {

// "WITH ... objects (class, oid, kind, name) AS (...)", to be followed by a SELECT: one row per object that
// belongs to a user and to no extension. kind is a word for people, name is qualified and quoted. Objects
// outside schemas are told from built-in ones by their OID (FirstNormalObjectId). What only exists as a part
// of something in the list (index, constraint, trigger, policy, rule, user mapping) is not listed itself,
// nor are extensions and the schema public.
std::string user_objects_sql();

}  // namespace pgark::restore
