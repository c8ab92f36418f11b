#include "cli/backup_place.hpp"

#include <cstdlib>
#include <filesystem>

#include "storage/remote.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {
namespace {

constexpr const char* kDefaultPlace = "./backups";

}  // namespace

CLI::Option* add_place_option(CLI::App& command, PlaceOptions& options) {
  return command
      .add_option("--backup-dir", options.place,
                  "where the backups are: a folder, or s3://BUCKET/PREFIX, gs:// or az:// (default: "
                  "BACKUP_DIR, else ./backups)")
      ->type_name("PLACE")
      ->check(CLI::Validator(
          [](const std::string& place) {
            return place.empty() ? std::string("must not be empty") : std::string();
          },
          ""));
}

std::string place_name(const PlaceOptions& options) {
  if (!options.place.empty()) return options.place;
  const char* place = std::getenv("BACKUP_DIR");
  return place != nullptr && *place != '\0' ? place : kDefaultPlace;
}

std::unique_ptr<storage::Store> open_place(const PlaceOptions& options, bool sync) {
  return value_or_throw(storage::open_store(place_name(options), sync));
}

std::string full_place_name(const storage::Store& place) {
  const std::string name = place.name({});
  if (storage::is_remote(name)) return name;
  std::error_code failed;
  std::filesystem::path path = std::filesystem::absolute(name, failed).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // a slash at its end
  return failed ? name : path.string();
}

}  // namespace pgark::cli
