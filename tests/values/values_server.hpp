// A server whose database holds the tables of values*.sql and arrays.sql, and a connection with the settings
// of a dump.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/buffer_pool.hpp"
#include "protocol/connection.hpp"
#include "support/cluster.hpp"
#include "values/type_catalog.hpp"

namespace pgark::test {

class ValuesServer {
 public:
  explicit ValuesServer(int major);

  int server_version_num() const { return version_; }
  const TypeCatalog& types() const { return *types_; }
  // The v_* and a_* of the scripts, with the type of their only column.
  const std::map<std::string, values::TypeDescriptor>& tables() const { return tables_; }
  std::vector<values::TypeDescriptor> column_types(const std::string& table);

  void sql(const std::string& statements);
  // Rows of `table`, in the order of the table, without header and end of a binary stream.
  ByteBuffer copy_out(const std::string& table, bool is_binary);
  // Adds binary rows; the server checks them as COPY does.
  void copy_in(const std::string& table, const ByteBuffer& binary_rows);

 private:
  void run_script(const std::string& name);
  wire::ResultSet query(const std::string& sql);

  std::unique_ptr<Cluster> cluster_;
  int version_ = 0;
  std::optional<TypeCatalog> types_;
  std::map<std::string, values::TypeDescriptor> tables_;
};

}  // namespace pgark::test
