#include "protocol/params/service_file.hpp"

#include <algorithm>

#include "protocol/params/keywords.hpp"
#include "protocol/params/text_file.hpp"

namespace pgark::params {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\v\f\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string numbered(const std::string& path, std::size_t line) {
  return path + " line " + std::to_string(line);
}

// One "keyword=value" line; blanks around "=" belong to neither side's syntax, so libpq and we refuse them.
Result<> parse_line(std::string_view line, const std::string& where, Assignments& out) {
  if (line.starts_with("ldap")) {
    return fail(ErrorCode::usage, "pgark does not look services up in LDAP", where,
                "write the parameters into the service file");
  }
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    return fail(ErrorCode::usage, "syntax error: missing \"=\"", where, "lines read keyword=value");
  }
  const std::string_view keyword = line.substr(0, equals);
  if (keyword == "service" || keyword == "servicefile") {
    return fail(ErrorCode::usage, "a service cannot refer to another service: " + quote_keyword(keyword),
                where);
  }
  const auto known = check_keyword(keyword, false);
  if (!known) {
    return fail(ErrorCode::usage, known.error().message, where,
                "lines read keyword=value, without spaces around \"=\"");
  }
  const bool repeated =
      std::any_of(out.begin(), out.end(), [&](const auto& pair) { return pair.first == keyword; });
  if (!repeated) out.emplace_back(std::string(keyword), std::string(line.substr(equals + 1)));
  return {};
}

}  // namespace

Result<std::optional<Assignments>> parse_service_file(std::string_view text, std::string_view service,
                                                      const std::string& path) {
  std::optional<Assignments> found;
  std::size_t number = 0;
  for (const std::string_view raw : split_lines(text)) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.find('\0') != std::string_view::npos) {
      return fail(ErrorCode::usage, "syntax error: zero byte", numbered(path, number));
    }
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      if (found) break;
      if (line.substr(1).starts_with(service) && line.substr(1 + service.size()).starts_with(']'))
        found.emplace();
    } else if (found) {
      if (const auto parsed = parse_line(line, numbered(path, number), *found); !parsed) {
        return tl::unexpected(parsed.error());
      }
    }
  }
  return found;
}

Result<ServiceDefinition> find_service(std::string_view service, const std::optional<std::string>& user_file,
                                       const Environment& environment) {
  std::vector<std::string> paths;
  const std::string home_file = environment.home_directory + "/.pg_service.conf";
  if (user_file) {
    paths.push_back(*user_file);
  } else if (!environment.home_directory.empty() && file_status(home_file).kind != FileKind::absent) {
    paths.push_back(home_file);
  }
  const std::string system_dir = environment.variable("PGSYSCONFDIR").value_or(environment.system_conf_dir);
  const std::string system_file = system_dir + "/pg_service.conf";
  if (!system_dir.empty() && file_status(system_file).kind != FileKind::absent) paths.push_back(system_file);

  std::string looked_in;
  for (const std::string& path : paths) {
    const auto text = read_text_file(path);
    if (!text) return tl::unexpected(text.error());
    auto parsed = parse_service_file(*text, service, path);
    if (!parsed) return tl::unexpected(parsed.error());
    if (*parsed) return ServiceDefinition{std::move(**parsed), path};
    looked_in += (looked_in.empty() ? "" : ", ") + path;
  }
  return fail(ErrorCode::usage, "the definition of service \"" + std::string(service) + "\" is not found",
              looked_in, looked_in.empty() ? "there is neither " + home_file + " nor " + system_file : "");
}

}  // namespace pgark::params
