#include "storage/az/az_store.hpp"

#include <boost/property_tree/ptree.hpp>
#include <utility>

#include "storage/az/block_upload.hpp"
#include "storage/http/retry.hpp"
#include "storage/object/digest.hpp"
#include "storage/object/xml.hpp"

namespace pgark::storage::az {
namespace {

// A page has five thousand names of up to 1024 characters.
constexpr std::uint64_t kListBytesMax = std::uint64_t{32} << 20;

}  // namespace

Result<object::ListPage> parse_list(std::string_view text) {
  const auto tree = object::parse_xml(text, "EnumerationResults");
  const auto blobs = tree ? tree->get_child_optional("Blobs") : boost::none;
  if (!blobs) return object::no_answer("list of blobs");
  object::ListPage answer;
  for (const auto& [kind, blob] : *blobs) {
    if (kind != "Blob") continue;
    const std::string name = object::text_of(blob, "Name");
    const auto size = object::number_of(object::text_of(blob, "Properties.Content-Length"));
    const auto modified = http::parse_http_date(object::text_of(blob, "Properties.Last-Modified"));
    if (name.empty() || !size || !modified) return object::no_answer("list of blobs");
    answer.objects.push_back({name, *size, *modified});
  }
  answer.next = object::text_of(*tree, "NextMarker");
  return answer;
}

AzStore::AzStore(std::shared_ptr<object::Session> session, Settings settings, std::string root)
    : ObjectStore(std::move(session), std::move(root), settings.uploads),
      settings_(std::make_shared<const Settings>(std::move(settings))) {}

Result<object::ListPage> AzStore::list_page(const std::string& prefix, const std::string& next) const {
  object::Operation operation;
  operation.action = "cannot list";
  operation.text_bytes_max = kListBytesMax;
  operation.query = {{"restype", "container"}, {"comp", "list"}, {"prefix", prefix}};
  if (!next.empty()) operation.query.emplace_back("marker", next);
  const auto answer = session_->call(operation);
  if (!answer) return tl::unexpected<Error>(answer.error());
  return parse_list(answer->body);
}

std::vector<http::Header> AzStore::headers_of_small(ByteSpan content) const {
  return {{"x-ms-blob-type", "BlockBlob"}, {"Content-MD5", object::base64(object::md5(content))}};
}

std::unique_ptr<object::PartCarrier> AzStore::make_carrier(const std::string& whole_key,
                                                           bool overwrite) const {
  return std::make_unique<BlockUpload>(session_, settings_, whole_key, overwrite);
}

}  // namespace pgark::storage::az
