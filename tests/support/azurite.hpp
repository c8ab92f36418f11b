// A real server of Azure's blobs that tests start: Microsoft's Azurite from npm, over TLS, with one
// container. Make it on the main thread. Failures to start throw std::runtime_error, also where npm cannot be
// reached.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/store.hpp"
#include "support/process.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

class Azurite {
 public:
  static constexpr const char* kContainer = "backups";
  // Of Azurite's only account, as its documentation publishes them.
  static constexpr const char* kAccount = "devstoreaccount1";
  static constexpr const char* kKey =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  Azurite();

  // What a client needs in its environment, with the key of the account or with a token made from it.
  std::vector<std::pair<std::string, std::string>> with_key() const;
  std::vector<std::pair<std::string, std::string>> with_token() const;
  std::string token() const { return token_; }
  std::shared_ptr<storage::Store> store() const;  // of the container

 private:
  std::vector<std::pair<std::string, std::string>> environment() const;

  const TempDirectory folder_{"azurite"};
  std::string url_, token_;
  std::unique_ptr<Process> server_;
};

// Where scripts/fetch-object-stores has put its packages; asked once per program.
std::string fetched_store_packages();

}  // namespace pgark::test
