// A bucket or a container, or what lies below a prefix of its keys, as a place with objects: what all kinds
// of object stores do alike. A kind says how lists are asked for, what a new object is sent with, and how one
// is made of parts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/http/message.hpp"
#include "storage/object/list_page.hpp"
#include "storage/object/object_source.hpp"
#include "storage/object/part_sink.hpp"
#include "storage/object/session.hpp"
#include "storage/object/transfer_pool.hpp"
#include "storage/store.hpp"

namespace pgark::storage::object {

class ObjectStore : public Store {
 public:
  Result<std::vector<ObjectInfo>> list(const std::string& prefix) const final;
  Result<std::string> read_small(const std::string& key, std::uint64_t limit_bytes) const final;
  Result<> write_small(const std::string& key, const std::string& content) final;
  Result<std::unique_ptr<format::Source>> open(const std::string& key) const final;
  Result<std::unique_ptr<format::Sink>> create(const std::string& key, bool overwrite) final;
  Result<> remove(const std::string& key) final;
  std::string name(const std::string& key) const final { return session_->name(root_ + key); }

 protected:
  // `root`: what keys begin with, "" or "nightly/". `uploads`: parts on their way at the same time.
  ObjectStore(std::shared_ptr<Session> session, std::string root, unsigned uploads);

  // `prefix`: of whole keys. `next`: of the page before; empty asks for the first one.
  virtual Result<ListPage> list_page(const std::string& prefix, const std::string& next) const = 0;
  virtual std::vector<http::Header> headers_of_small(ByteSpan content) const = 0;
  virtual std::unique_ptr<PartCarrier> make_carrier(const std::string& whole_key, bool overwrite) const = 0;

  const std::string& root() const { return root_; }

  const std::shared_ptr<Session> session_;

 private:
  const std::string root_;
  const std::shared_ptr<ReadAhead> read_ahead_;
  const std::shared_ptr<TransferPool> pool_;
};

}  // namespace pgark::storage::object
