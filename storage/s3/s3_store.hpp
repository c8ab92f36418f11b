// A bucket as a place with objects. Amazon S3 and everything that speaks its protocol
// (docs/object-storage.md).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/object/object_store.hpp"
#include "storage/s3/answers.hpp"
#include "storage/s3/settings.hpp"

namespace pgark::storage::s3 {

class S3Store final : public object::ObjectStore {
 public:
  S3Store(std::shared_ptr<object::Session> session, Settings settings, std::string root);

  // Uploads that began so long ago that nobody goes on with them. None where uploads may not be listed.
  Result<std::vector<std::string>> list_unfinished(const std::string& prefix) const override;
  Result<bool> remove_unfinished(const std::string& key) override;

 private:
  std::vector<UploadInfo> old_uploads(const std::string& whole_prefix) const;
  Result<object::ListPage> list_page(const std::string& prefix, const std::string& next) const override;
  std::vector<http::Header> headers_of_small(ByteSpan content) const override;
  std::unique_ptr<object::PartCarrier> make_carrier(const std::string& whole_key,
                                                    bool overwrite) const override;

  const std::shared_ptr<const Settings> settings_;
};

}  // namespace pgark::storage::s3
