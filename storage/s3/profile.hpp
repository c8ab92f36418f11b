// A profile of the files that all tools of AWS share: ~/.aws/config and ~/.aws/credentials.
// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pgark::storage::s3 {

// Looks up a variable of the environment; an empty one counts as absent.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

// By name; a nested setting is "s3.addressing_style". What the credentials file says goes before the config
// file.
using Profile = std::map<std::string, std::string>;

enum class ProfileFile : std::uint8_t { config, credentials };

// Adds what the text says of the profile, unless it is there already. True when the text has the profile.
// Pure.
bool read_profile(std::string_view text, ProfileFile kind, const std::string& name, Profile& profile);

// The profile that AWS_PROFILE names ("default" otherwise), from AWS_CONFIG_FILE and
// AWS_SHARED_CREDENTIALS_FILE or their usual places below HOME. A missing file is an empty one. Errors: usage
// (AWS_PROFILE names one that is in neither file; a file that cannot be read).
Result<Profile> load_profile(const Variables& variables);

}  // namespace pgark::storage::s3
