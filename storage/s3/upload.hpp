// Makes an object of S3 by an upload in parts.
// Source: Amazon S3 User Guide, "Uploading and copying objects using multipart upload"; "Conditional writes".
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/object/part_sink.hpp"
#include "storage/object/session.hpp"
#include "storage/s3/answers.hpp"
#include "storage/s3/settings.hpp"

namespace pgark::storage::s3 {

// Headers of every new object: encryption, lock, storage class.
std::vector<http::Header> object_headers(const Settings& settings, std::chrono::system_clock::time_point now);

// A page has a thousand keys of up to 1024 bytes, encoded up to three times as long.
inline constexpr std::uint64_t kListBytesMax = std::uint64_t{8} << 20;

// The first page; none where they may not be listed. `cleanup`: object::Operation's. `prefix`, `key`: whole.
std::vector<UploadInfo> uploads_under_way(object::Session& session, const std::string& prefix, bool cleanup);
// False when it may not be, or there is none. Errors: those of the session.
Result<bool> abort_upload(object::Session& session, const std::string& key, const std::string& id,
                          bool cleanup);

class Upload final : public object::PartCarrier {
 public:
  Upload(std::shared_ptr<object::Session> session, std::shared_ptr<const Settings> settings, std::string key,
         bool overwrite);

  std::string name() const override { return session_->name(key_); }
  std::uint64_t part_bytes(int number) const override { return part_bytes_of(*settings_, number); }
  std::uint64_t object_bytes_max() const override { return s3::object_bytes_max(*settings_); }
  Result<> begin() override;
  Result<std::string> put(int number, ByteSpan part, const std::atomic<bool>& abandoned) override;
  Result<> finish_parts(const object::PartTags& tags) override;
  Result<> finish_small(ByteSpan content) override;
  void give_up() override;

 private:
  std::vector<http::Header> headers_of_object() const;
  Result<http::Response> write_once(object::Operation operation);
  Result<bool> is_ours() const;
  Error exists_already() const;
  void abort_upload(const std::string& id);
  void abort_lost_uploads();

  const std::shared_ptr<object::Session> session_;
  const std::shared_ptr<const Settings> settings_;
  const std::string key_;
  const bool overwrite_;
  const std::string mark_;      // a random word that the object carries, to know it again
  std::string upload_id_;       // empty: there is none
  bool begin_unclear_ = false;  // an upload may have begun whose id was lost
  std::chrono::system_clock::time_point begun_at_;
};

}  // namespace pgark::storage::s3
