// The shortest decimal text that reads back as the same number, in PostgreSQL's dress: what the server prints
// while extra_float_digits is above 0. PostgreSQL documentation, "Floating-Point Types"; float.c, d2s.c,
// f2s.c.
#pragma once

#include <cstddef>

namespace pgark::values {

inline constexpr std::size_t kFloatCharsMax = 32;

// Writes at most kFloatCharsMax characters and returns their end.
char* put_float(char* at, double value);
char* put_float(char* at, float value);

}  // namespace pgark::values
