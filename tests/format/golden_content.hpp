// What the golden archives contain. Frozen like the files themselves: a change here needs new files of a new
// version, never a change of the old ones.
#pragma once

#include <string>
#include <vector>

#include "format/archive_fixture.hpp"

namespace pgark::test::golden {

struct Chunk {
  format::EntryId entry;
  std::uint32_t part;
  std::uint32_t sequence;
  std::string rows;
};

// In the order in which they stand in the file, which is not the order of the index.
inline std::vector<Chunk> chunks() {
  std::string orders;
  for (int i = 0; i < 200; ++i) {
    orders += std::to_string(i) + "\tcustomer " + std::to_string(i % 7) + "\t\\N\t" + std::to_string(i * i) +
              ".50\n";
  }
  std::string odd = "\n\\N\ntab\\there\tback\\\\slash\tcaf\xC3\xA9\n";
  odd += std::string(300, 'x') + "\n";
  std::string repeated;
  for (int i = 0; i < 1000; ++i) repeated += "t\tf\n";
  return {{4, 1, 0, repeated}, {3, 0, 1, odd}, {3, 0, 0, orders}, {4, 0, 0, "1\n"}};
}

inline format::Toc toc() {
  using format::Section;
  format::Toc toc;
  toc.info = {{format::info_key::kDatabase, "sh\xC3\xB6p"},
              {format::info_key::kServerVersion, "15.18 (Debian 15.18-0+deb12u1)"},
              {format::info_key::kServerVersionNum, "150018"},
              {format::info_key::kPgarkVersion, "0.1.0"},
              {format::info_key::kEncoding, "UTF8"},
              {format::info_key::kStarted, "2026-11-24T12:00:00Z"},
              {format::info_key::kFinished, "2026-11-24T12:00:01Z"},
              {format::info_key::kComplete, "full"}};
  format::TocEntry schema;
  schema.id = 1;
  schema.kind = "SCHEMA";
  schema.name = "we\"ird";
  schema.owner = "alice";
  schema.owner_object = "SCHEMA \"we\"\"ird\"";
  schema.section = Section::pre_data;
  schema.create = {{"CREATE SCHEMA \"we\"\"ird\"", 0, 0}};
  schema.drop = {{"DROP SCHEMA IF EXISTS \"we\"\"ird\"", 0, 0}};
  format::TocEntry table;
  table.id = 2;
  table.kind = "TABLE";
  table.schema = "we\"ird";
  table.name = "orders";
  table.owner = "alice";
  table.owner_object = "TABLE \"we\"\"ird\".orders";
  table.tablespace = "fast";
  table.takes_tablespace = true;
  table.access_method = "heap";
  table.section = Section::pre_data;
  table.dependencies = {1};
  table.create = {{"CREATE TABLE \"we\"\"ird\".orders (id int, note text)", 0, 180000},
                  {"CREATE TABLE \"we\"\"ird\".orders (id int, note text) /* 18 */", 180000, 0}};
  table.size_estimate_bytes = 81920;
  toc.entries = {schema, table};
  for (format::EntryId id = 3; id <= 5; ++id) {
    format::TocEntry data;
    data.id = id;
    data.kind = "TABLE DATA";
    data.schema = "we\"ird";
    data.name = id == 5 ? "empty" : id == 4 ? "flags" : "orders";
    data.section = Section::data;
    data.dependencies = {2};
    data.copy_target = "\"we\"\"ird\"." + data.name;
    toc.entries.push_back(data);
  }
  format::TocEntry acl;
  acl.id = 6;
  acl.kind = "ACL";
  acl.name = "TABLE orders";
  acl.pass = format::Pass::acl;
  acl.dependencies = {2};
  acl.locks = {2};
  acl.create = {{"GRANT SELECT ON TABLE \"we\"\"ird\".orders TO bob", 0, 0}};
  toc.entries.push_back(acl);
  toc.report = {{format::ReportLevel::lost, "RULE", "\"we\"\"ird\".r", "not handled yet"},
                {format::ReportLevel::info, "INDEX", "i", "invalid index skipped"}};
  return toc;
}

}  // namespace pgark::test::golden
