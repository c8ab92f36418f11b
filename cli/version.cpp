#include <fmt/core.h>
#include <lz4.h>
#include <openssl/crypto.h>
#include <xxhash.h>
#include <zstd.h>

#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "format/layout.hpp"

namespace pgark::cli {

std::string version_text() {
  const unsigned xxhash = XXH_versionNumber();
  return fmt::format(
      "pgark {}\n"
      "archive format {}.{}; PostgreSQL servers 13 to 18\n"
      "Boost {}.{}.{}, OpenSSL {}, zstd {}, lz4 {}, xxHash {}.{}.{}, fmt {}.{}.{}, CLI11 {}, nlohmann-json "
      "{}.{}.{}",
      PGARK_VERSION, format::layout::kVersionMajor, format::layout::kVersionMinor, BOOST_VERSION / 100000,
      BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100, OpenSSL_version(OPENSSL_VERSION_STRING),
      ZSTD_versionString(), LZ4_versionString(), xxhash / 10000, xxhash / 100 % 100, xxhash % 100,
      FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100, CLI11_VERSION,
      NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH);
}

}  // namespace pgark::cli
