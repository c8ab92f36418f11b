#include "storage/s3/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace pgark::storage::s3 {
namespace {

constexpr int kPartsMax = 10'000;

tl::unexpected<Error> bad(std::string_view variable, std::string_view wanted) {
  return fail(ErrorCode::usage, fmt::format("the value of {} makes no sense", variable), {},
              fmt::format("it should be {}", wanted));
}

std::optional<std::string> setting(const Profile& profile, const char* name) {
  const auto found = profile.find(name);
  return found == profile.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, number);
  if (text.empty() || failed != std::errc() || at != end) return std::nullopt;
  return number;
}

struct Range {
  std::uint64_t min, max;
};

// Leaves `value` as it is when the variable is not set.
template <class Number>
Result<> read_number(const Variables& variables, const char* name, Range range, Number& value) {
  const auto text = variables(name);
  if (!text) return {};
  const auto number = number_of(*text);
  if (!number || *number < range.min || *number > range.max)
    return bad(name, fmt::format("a number from {} to {}", range.min, range.max));
  value = static_cast<Number>(*number);
  return {};
}

Result<> read_choice(const Variables& variables, const char* name,
                     std::initializer_list<std::string_view> choices, std::string& value) {
  const auto text = variables(name);
  if (!text) return {};
  if (std::ranges::find(choices, *text) == choices.end())
    return bad(name, fmt::format("one of {}", fmt::join(choices, ", ")));
  value = *text;
  return {};
}

// Names that are no bucket's could become part of the host name.
bool is_bucket(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  return name.size() >= 3 && name.size() <= 255 && std::ranges::all_of(name, allowed) &&
         name.front() != '.' && name.front() != '-' && name.find("..") == std::string_view::npos;
}

std::string default_endpoint(const std::string& scheme, const std::string& region) {
  if (scheme == "gs") return "https://storage.googleapis.com";
  return fmt::format("https://s3.{}.{}", region,
                     region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com");
}

Result<> choose_endpoint(Settings& settings, const Variables& variables, const Profile& profile) {
  const bool amazon = settings.scheme == "s3";
  std::optional<std::string> given;
  if (amazon) {
    for (const char* name : {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}) {
      if (!given) given = variables(name);
    }
    for (const char* name : {"s3.endpoint_url", "endpoint_url"}) {
      if (!given) given = setting(profile, name);
    }
  } else {
    given = variables("PGARK_GS_ENDPOINT_URL");
  }
  auto endpoint = http::parse_endpoint(given.value_or(default_endpoint(settings.scheme, settings.region)));
  if (!endpoint) return tl::unexpected<Error>(endpoint.error());
  settings.endpoint = *endpoint;
  std::string style = setting(profile, "s3.addressing_style").value_or("auto");
  if (auto read = read_choice(variables, "PGARK_S3_ADDRESSING", {"auto", "path", "virtual"}, style); !read)
    return read;
  // A wildcard certificate covers no second dot; servers of one's own often have no wildcard name at all.
  const bool awkward = given.has_value() || !amazon || settings.bucket.find('.') != std::string::npos;
  settings.path_style = style == "path" || (style != "virtual" && awkward);
  return {};
}

Result<> read_object_choices(Settings& settings, const Variables& variables) {
  if (auto read = read_choice(variables, "PGARK_S3_ENCRYPTION", {"AES256", "aws:kms", "aws:kms:dsse"},
                              settings.encryption);
      !read)
    return read;
  settings.kms_key = variables("PGARK_S3_KMS_KEY").value_or("");
  if (!settings.kms_key.empty() && !settings.encryption.starts_with("aws:kms")) {
    return fail(ErrorCode::usage, "PGARK_S3_KMS_KEY is set, but PGARK_S3_ENCRYPTION is not aws:kms", {},
                "set PGARK_S3_ENCRYPTION=aws:kms as well");
  }
  if (auto read =
          read_choice(variables, "PGARK_S3_LOCK_MODE", {"GOVERNANCE", "COMPLIANCE"}, settings.lock_mode);
      !read)
    return read;
  constexpr Range kLockDays{1, 36'500};
  std::uint64_t lock_days = 0;
  if (auto read = read_number(variables, "PGARK_S3_LOCK_DAYS", kLockDays, lock_days); !read) return read;
  settings.lock_days = std::chrono::days(lock_days);
  if (settings.lock_mode.empty() != (lock_days == 0)) {
    return fail(ErrorCode::usage, "PGARK_S3_LOCK_MODE and PGARK_S3_LOCK_DAYS need each other", {},
                "set both, or neither");
  }
  settings.storage_class = variables("PGARK_S3_STORAGE_CLASS").value_or("");
  return {};
}

Result<> read_transfer_choices(Settings& settings, const Variables& variables) {
  constexpr Range kPartBytes{Settings::kPartBytesMin, Settings::kPartBytesMax};
  constexpr Range kUploads{1, 64};
  constexpr Range kAttempts{1, 100};
  settings.parts_grow =
      !variables("PGARK_S3_PART_SIZE") &&
      !settings.endpoint.host.ends_with(".r2.cloudflarestorage.com");  // takes only equal ones
  if (auto read = read_number(variables, "PGARK_S3_PART_SIZE", kPartBytes, settings.part_bytes); !read)
    return read;
  if (auto read = read_number(variables, "PGARK_S3_UPLOADS", kUploads, settings.uploads); !read) return read;
  return read_number(variables, "AWS_MAX_ATTEMPTS", kAttempts, settings.retry.attempts_max);
}

}  // namespace

bool is_remote(const std::string& name) {
  return name.starts_with("s3://") || name.starts_with("gs://");
}

Result<Location> parse_location(const std::string& name) {
  const std::size_t scheme_end = name.find("://");
  Location location;
  location.scheme = name.substr(0, scheme_end);
  const std::string rest = name.substr(scheme_end + 3);
  const std::size_t slash = rest.find('/');
  location.bucket = rest.substr(0, slash);
  if (slash != std::string::npos) location.key = rest.substr(slash + 1);
  if (!is_bucket(location.bucket)) {
    return fail(
        ErrorCode::usage, fmt::format("the name of the bucket behind \"{}://\" is none", location.scheme), {},
        fmt::format("name an archive as {}://BUCKET/KEY; keys belong in the environment or in a profile",
                    location.scheme));
  }
  constexpr std::size_t kKeyBytesMax = 1024;
  if (location.key.size() > kKeyBytesMax)
    return fail(ErrorCode::usage, "the key of an object has at most 1024 bytes",
                location.scheme + "://" + location.bucket);
  return location;
}

Result<Settings> make_settings(const Location& location, const Variables& variables, const Profile& profile) {
  Settings settings;
  settings.scheme = location.scheme;
  settings.bucket = location.bucket;
  if (settings.scheme == "gs") settings.region = "auto";
  for (const char* name : {"AWS_DEFAULT_REGION", "AWS_REGION"}) {
    if (const auto region = variables(name); region && settings.scheme == "s3") settings.region = *region;
  }
  if (settings.scheme == "s3" && !variables("AWS_REGION") && !variables("AWS_DEFAULT_REGION"))
    settings.region = setting(profile, "region").value_or(settings.region);
  const auto in_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (settings.region.empty() || !std::ranges::all_of(settings.region, in_name))
    return bad("AWS_REGION", "the name of a region, such as eu-central-1");
  settings.ca_file =
      variables("AWS_CA_BUNDLE").value_or(setting(profile, "ca_bundle").value_or(std::string()));
  if (auto chosen = choose_endpoint(settings, variables, profile); !chosen)
    return tl::unexpected<Error>(chosen.error());
  if (auto read = read_object_choices(settings, variables); !read) return tl::unexpected<Error>(read.error());
  if (auto read = read_transfer_choices(settings, variables); !read)
    return tl::unexpected<Error>(read.error());
  return settings;
}

Address address_of(const Settings& settings, const std::string& key) {
  Address address{settings.endpoint, settings.endpoint.path};
  address.endpoint.path.clear();
  if (settings.path_style) {
    address.path += "/" + settings.bucket;
    if (!key.empty()) address.path += "/" + http::percent_encode(key, /*keep_slash=*/true);
  } else {
    address.endpoint.host = settings.bucket + "." + address.endpoint.host;
    address.path += "/" + http::percent_encode(key, /*keep_slash=*/true);
  }
  return address;
}

std::uint64_t part_bytes_of(const Settings& settings, int number) {
  if (number > kPartsMax) return 0;
  if (!settings.parts_grow) return settings.part_bytes;
  struct Step {
    int from;
    std::uint64_t factor;
  };
  constexpr std::array<Step, 3> kSteps = {{{6001, 8}, {3001, 4}, {1001, 2}}};
  for (const Step& step : kSteps) {
    if (number >= step.from) return settings.part_bytes * step.factor;
  }
  return settings.part_bytes;
}

std::uint64_t object_bytes_max(const Settings& settings) {
  std::uint64_t bytes = 0;
  for (int number = 1; number <= kPartsMax; ++number) bytes += part_bytes_of(settings, number);
  return bytes;
}

}  // namespace pgark::storage::s3
