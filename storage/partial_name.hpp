// Names of archives under construction: "<path>.partial" until all is on disk, held by a lock, then renamed.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pgark::storage {

inline constexpr const char* kPartialSuffix = ".partial";
// Another process may take or drop a leftover between our looks at it; each round needs such a coincidence.
inline constexpr int kCreateAttemptsMax = 100;

// The folder that a path names a file in; "." when it names none.
std::string folder_of(const std::string& path);

// The error of a failed call, with `hint` unless the errno has one of its own.
tl::unexpected<Error> errno_fail(int errno_value, std::string_view action, const std::string& path,
                                 std::string hint = {});

// Refuses names that no new archive may have: "." and "..", and what ends in ".partial".
Result<> check_new_name(const std::string& path);

// What is said of an archive whose name ends in ".partial" when somebody wants to read it.
Error unfinished_archive(const std::string& path);

// The descriptor still is what the name leads to.
bool is_same_file(int fd, const std::string& path);

// Takes the lock (flock) that says: somebody is writing this. Fails with usage when another process has it.
Result<> lock_partial(int fd, const std::string& path);

// Makes a name in the folder of `path` durable. Some network file systems cannot sync a folder and say so
// with EINVAL.
Result<> sync_folder_of(const std::string& path);

}  // namespace pgark::storage
