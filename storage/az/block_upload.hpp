// Makes a blob of blocks.
// Source: Azure Storage REST API Reference, "Put Block", "Put Block List", "Put Blob".
#pragma once

#include <memory>
#include <string>

#include "storage/az/settings.hpp"
#include "storage/object/part_sink.hpp"
#include "storage/object/session.hpp"

namespace pgark::storage::az {

class BlockUpload final : public object::PartCarrier {
 public:
  BlockUpload(std::shared_ptr<object::Session> session, std::shared_ptr<const Settings> settings,
              std::string key, bool overwrite);

  std::string name() const override { return session_->name(key_); }
  std::uint64_t part_bytes(int number) const override { return block_bytes_of(*settings_, number); }
  std::uint64_t object_bytes_max() const override { return blob_bytes_max(*settings_); }
  Result<> begin() override { return {}; }  // blocks without a list are no blob
  Result<std::string> put(int number, ByteSpan part, const std::atomic<bool>& abandoned) override;
  Result<> finish_parts(const object::PartTags& tags) override;
  Result<> finish_small(ByteSpan content) override;
  void give_up() override;

 private:
  object::Operation new_blob(const char* action) const;
  Result<> write_once(object::Operation operation);
  Result<bool> is_ours() const;

  const std::shared_ptr<object::Session> session_;
  const std::shared_ptr<const Settings> settings_;
  const std::string key_;
  const bool overwrite_;
  const std::string mark_;  // a random word that the blob carries, to know it again
};

}  // namespace pgark::storage::az
