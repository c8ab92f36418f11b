// A container of Azure as a place with objects.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/az/settings.hpp"
#include "storage/object/object_store.hpp"

namespace pgark::storage::az {

class AzStore final : public object::ObjectStore {
 public:
  AzStore(std::shared_ptr<object::Session> session, Settings settings, std::string root);

 private:
  Result<object::ListPage> list_page(const std::string& prefix, const std::string& next) const override;
  std::vector<http::Header> headers_of_small(ByteSpan content) const override;
  std::unique_ptr<object::PartCarrier> make_carrier(const std::string& whole_key,
                                                    bool overwrite) const override;

  const std::shared_ptr<const Settings> settings_;
};

// A page of a list of blobs. Pure. Errors: protocol.
Result<object::ListPage> parse_list(std::string_view text);

}  // namespace pgark::storage::az
