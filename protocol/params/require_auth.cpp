// require_auth: "scram-sha-256,md5", "!password", "none", ...
#include <algorithm>
#include <vector>

#include "protocol/params/keyword_setters.hpp"
#include "protocol/params/list.hpp"

namespace pgark::params::setters {
namespace {

struct Method {
  std::string_view name;
  std::uint32_t bits;
};

constexpr std::uint32_t bit(AuthMethod method) {
  return 1u << static_cast<unsigned>(method);
}

constexpr Method kMethods[] = {
    {"none", bit(AuthMethod::none)},
    {"password", bit(AuthMethod::password)},
    {"md5", bit(AuthMethod::md5)},
    {"gss", bit(AuthMethod::gss)},
    {"sspi", bit(AuthMethod::sspi)},
    {"scram-sha-256", bit(AuthMethod::scram_sha_256)},
    {"oauth", 0},  // known to libpq 18; pgark never uses it, so there is nothing to allow or to forbid
};
constexpr std::uint32_t kSpoken =
    bit(AuthMethod::none) | bit(AuthMethod::password) | bit(AuthMethod::md5) | bit(AuthMethod::scram_sha_256);

const Method* find_method(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kMethods), std::end(kMethods), [&](const Method& m) { return m.name == name; });
  return found == std::end(kMethods) ? nullptr : found;
}

}  // namespace

Result<> require_auth(Draft& draft, const Keyword& self, std::string_view value) {
  const bool negative = value.starts_with('!');
  std::uint32_t listed = 0;
  std::vector<const Method*> seen;
  for (std::string_view item : split_list(value)) {
    if (item.starts_with('!') != negative) {
      return invalid_value(self, value, "methods with and without \"!\" cannot be mixed");
    }
    if (negative) item.remove_prefix(1);
    const Method* method = find_method(item);
    if (method == nullptr) {
      return invalid_value(self, value, "methods are none, password, md5, gss, sspi, scram-sha-256, oauth");
    }
    if (std::find(seen.begin(), seen.end(), method) != seen.end()) {
      return invalid_value(self, value, "the method " + std::string(item) + " is given twice");
    }
    seen.push_back(method);
    listed |= method->bits;
  }
  const std::uint32_t allowed = negative ? ~listed : listed;
  if ((allowed & kSpoken) == 0) {
    return invalid_value(self, value,
                         "pgark speaks none, password, md5 and scram-sha-256; all of them are excluded");
  }
  draft.params.require_auth = AuthPolicy{allowed, true};
  return {};
}

}  // namespace pgark::params::setters
