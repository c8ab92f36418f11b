// SASLprep, the normal form of passwords for SCRAM. RFC 4013, a profile of stringprep (RFC 3454).
//
// As PostgreSQL does: an ASCII password stays as it is, control characters included, and one that is no valid
// UTF-8 or holds prohibited or unassigned characters is used raw instead of being refused, because the
// server's side may have been computed from any bytes.
#pragma once

#include <string>
#include <string_view>

namespace pgark::wire {

std::string saslprep(std::string_view password);

}  // namespace pgark::wire
