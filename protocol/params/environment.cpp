// Reads the process's environment, the only place of this folder that does.
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "protocol/params/connect_params.hpp"

namespace pgark::params {
namespace {

constexpr const char* kSystemConfDir = "/etc/postgresql-common";  // where Debian's libpq looks

struct Account {
  std::string name, home;
};

Account current_account() {
  std::vector<char> buffer(16384);
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return {};
  return {found->pw_name, found->pw_dir};
}

}  // namespace

Environment process_environment() {
  Environment environment;
  environment.variable = [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
  const Account account = current_account();
  environment.user_name = account.name;
  const auto home = environment.variable("HOME");
  environment.home_directory = home && !home->empty() ? *home : account.home;
  environment.system_conf_dir = kSystemConfDir;
  return environment;
}

}  // namespace pgark::params
