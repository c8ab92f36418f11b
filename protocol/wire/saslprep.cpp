#include "protocol/wire/saslprep.hpp"

#include <stringprep.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace pgark::wire {
namespace {

struct FreeText {
  void operator()(char* text) const { std::free(text); }
};

}  // namespace

std::string saslprep(std::string_view password) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  std::string raw(password);
  // libidn stops at a zero byte; such a password cannot have been set in PostgreSQL anyway.
  if (std::all_of(raw.begin(), raw.end(), is_ascii) || raw.find('\0') != std::string::npos) return raw;
  char* prepared = nullptr;
  const int status = stringprep_profile(raw.c_str(), &prepared, "SASLprep", STRINGPREP_NO_UNASSIGNED);
  const std::unique_ptr<char, FreeText> owner(prepared);
  // Nothing left (soft hyphens only) counts as prohibited.
  if (status != STRINGPREP_OK || prepared == nullptr || *prepared == '\0') return raw;
  return prepared;
}

}  // namespace pgark::wire
