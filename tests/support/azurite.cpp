#include "support/azurite.hpp"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "storage/az/az_store.hpp"
#include "storage/az/dialect.hpp"
#include "storage/http/endpoint.hpp"
#include "storage/object/digest.hpp"
#include "support/certificates.hpp"

namespace pgark::test {
namespace {

namespace object = storage::object;

constexpr int kFetchTimeoutMs = 900'000;
constexpr int kStartTimeoutMs = 120'000;

// It says where it listens when it does.
std::string url_of(Process& server) {
  constexpr std::string_view kSays = "successfully listens on ";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartTimeoutMs);
  while (std::chrono::steady_clock::now() < deadline && server.running()) {
    const std::string said = server.output_so_far();
    const std::size_t at = said.find(kSays);
    if (at != std::string::npos && said.find('\n', at) != std::string::npos) {
      const std::size_t begin = at + kSays.size();
      return said.substr(begin, said.find('\n', begin) - begin) + "/" + Azurite::kAccount;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("Azurite does not start: " + server.output_so_far() + server.errors_so_far());
}

// "Create an account SAS", of a version whose string to sign has no encryption scope.
std::string make_token() {
  constexpr std::string_view kVersion = "2019-12-12";
  constexpr std::string_view kExpiry = "2099-01-01T00:00:00Z";
  const std::string text =
      fmt::format("{}\nrwdlc\nb\nsco\n\n{}\n\n\n{}\n", Azurite::kAccount, kExpiry, kVersion);
  const std::string signature =
      object::base64(object::hmac_sha256(object::from_base64(Azurite::kKey).value(), text));
  return fmt::format("sv={}&ss=b&srt=sco&sp=rwdlc&se={}&sig={}", kVersion,
                     storage::http::percent_encode(kExpiry), storage::http::percent_encode(signature));
}

std::shared_ptr<object::Session> session_of(const storage::az::Settings& settings) {
  return storage::az::connect(settings, object::real_world({})).value();
}

storage::az::Settings settings_of(const std::vector<std::pair<std::string, std::string>>& environment) {
  return storage::az::make_settings(Azurite::kContainer,
                                    [&environment](const std::string& name) -> std::optional<std::string> {
                                      for (const auto& [variable, value] : environment) {
                                        if (variable == name && !value.empty()) return value;
                                      }
                                      return std::nullopt;
                                    })
      .value();
}

}  // namespace

std::string fetched_store_packages() {
  static const std::string folder = [] {
    Command fetch;
    fetch.argv = {PGARK_SOURCE_DIR "/scripts/fetch-object-stores"};
    fetch.timeout_ms = kFetchTimeoutMs;
    const ProcessResult result = run(std::move(fetch));
    if (!result.ok()) throw std::runtime_error(result.err);
    return result.out.substr(0, result.out.find('\n')) + "/node_modules";
  }();
  return folder;
}

Azurite::Azurite() : token_(make_token()) {
  const Certificate authority = Certificate::authority("authority of the object storage");
  CertificateOptions options;
  options.common_name = "object storage";
  options.ip_addresses = {"127.0.0.1"};
  const Certificate certificate = authority.issue(options);
  write_file(folder_ / "ca.pem", authority.certificate_pem());
  Command command;
  command.argv = {"node",
                  fetched_store_packages() + "/azurite/dist/src/blob/main.js",
                  "--blobHost",
                  "127.0.0.1",
                  "--blobPort",
                  "0",
                  "--location",
                  (folder_ / "data").string(),
                  "--disableTelemetry",
                  "--skipApiVersionCheck",
                  "--key",
                  write_file(folder_ / "key.pem", certificate.key_pem()),
                  "--cert",
                  write_file(folder_ / "cert.pem", certificate.certificate_pem())};
  server_ = std::make_unique<Process>(std::move(command));
  url_ = url_of(*server_);
  object::Operation create;
  create.action = "cannot make the container";
  create.method = "PUT";
  create.query = {{"restype", "container"}};
  const auto made = session_of(settings_of(with_key()))->call(create);
  if (!made) throw std::runtime_error(made.error().to_string());
}

std::vector<std::pair<std::string, std::string>> Azurite::environment() const {
  return {{"AZURE_STORAGE_ACCOUNT", kAccount},
          {"AZURE_STORAGE_SERVICE_ENDPOINT", url_},
          {"AZURE_STORAGE_CONNECTION_STRING", ""},
          {"PGARK_AZ_CA_BUNDLE", (folder_ / "ca.pem").string()},
          {"PGARK_AZ_BLOCK_SIZE", "5242880"}};
}

std::vector<std::pair<std::string, std::string>> Azurite::with_key() const {
  auto variables = environment();
  variables.emplace_back("AZURE_STORAGE_KEY", kKey);
  return variables;
}

std::vector<std::pair<std::string, std::string>> Azurite::with_token() const {
  auto variables = environment();
  variables.emplace_back("AZURE_STORAGE_KEY", "");
  variables.emplace_back("AZURE_STORAGE_SAS_TOKEN", token_);
  return variables;
}

std::shared_ptr<storage::Store> Azurite::store() const {
  const storage::az::Settings settings = settings_of(with_key());
  return std::make_shared<storage::az::AzStore>(session_of(settings), settings, "");
}

}  // namespace pgark::test
