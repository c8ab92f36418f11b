// Turns graph objects into TOC entries: numbers them, and derives from the graph what each must wait for and
// which tables it locks (SCHEMA_COVERAGE D7.2 to D7.6). Objects must be written in sorted order.
// Thread rule: one thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dumper/data/data_object.hpp"
#include "dumper/ddl/build_context.hpp"
#include "format/toc.hpp"

namespace pgark::dumper {

struct AclRequest;

// What an entry needs besides what the graph says of its object.
struct EntryLinks {
  std::vector<Index> locks;            // relations locked against index builds and each other
  std::vector<format::EntryId> after;  // further entries
};

// An object as COMMENT ON, GRANT ON and ALTER ... OWNER TO name it.
struct Target {
  std::string keyword;  // "TABLE"
  std::string sql;      // "s.t"
  std::string to_sql() const { return keyword + " " + sql; }
};

class Emitter {
 public:
  explicit Emitter(BuildContext& context);

  BuildContext& context() { return context_; }
  const BuildContext& context() const { return context_; }
  const Catalog& catalog() const { return context_.catalog; }
  const CatalogLookup& lookup() const { return context_.lookup; }
  const DumpGraph& graph() const { return context_.graph; }
  const DumpObject& object(DumpId id) const { return context_.graph[id]; }
  bool wants(DumpId id, Component component) const {
    return (context_.graph[id].components & component) != 0;
  }

  // An entry with kind, schema, name and table of the object; section and dependencies come with define().
  format::TocEntry entry_for(DumpId object, std::string_view kind) const;
  // Names the relation in `table` of an entry that is about a relation but does not create it.
  void hang_on_relation(format::TocEntry& entry, DumpId object) const;

  // The entry that makes the object exist: others wait for it.
  format::EntryId define(DumpId object, format::TocEntry entry, EntryLinks links = {});
  // A further entry about the object, after its definition (or, without one, after what the object needs).
  format::EntryId attach(DumpId object, format::TocEntry entry, EntryLinks links = {});
  // The entry that loads rows into `relation`.
  format::EntryId define_data(DumpId object, format::TocEntry entry, Index relation,
                              std::vector<format::EntryId> after = {});
  // Rows of `relation` may also arrive through `entry` (load via the partition root).
  void add_data_entry(Index relation, format::EntryId entry);

  // COMMENT and SECURITY LABEL entries of the object itself and of its columns, where they are wanted and
  // there are any.
  void comment(DumpId object, const Target& target, EntryLinks links = {});
  void comment_on(DumpId object, CatalogId commented, const Target& target, EntryLinks links = {});
  void column_comments(DumpId object, CatalogId commented, std::string_view relation_sql,
                       EntryLinks links = {});
  void labels_on(DumpId object, CatalogId labelled, const Target& target, EntryLinks links = {});
  void comment_text(DumpId object, std::string_view text, const Target& target, EntryLinks links = {});

  // GRANT and REVOKE (acl.cpp), when privileges are wanted and differ from those the object is born with.
  // `keyword` is the one of GRANT ("FUNCTION"), which is not always that of COMMENT.
  void acl(DumpId object, const Target& target, const Object& source);
  void column_acls(DumpId object, std::string_view relation_sql, const Relation& relation);

  // 0 until define() has run.
  format::EntryId entry_of(DumpId object) const { return main_[object]; }
  format::EntryId entry_of_relation(Index relation) const;

  // Call after each object, written or not, so that what depends on it can be resolved.
  void finish_object(DumpId object) { resolve(object); }

  std::vector<DataObject> data;
  std::vector<format::TocEntry> take_entries() { return std::move(entries_); }
  // The first failure of a writer; nullptr when all went well.
  const Error* failure() const { return failure_.message.empty() ? nullptr : &failure_; }
  // A writer cannot write `object`: the first such failure ends the dump.
  void fail(const Error& error, std::string_view object);
  format::EntryId add_raw(format::TocEntry entry);

 private:
  void describe(DumpId object, std::string_view kind, std::string name, std::string sql, EntryLinks links);
  void add_acl(DumpId object, const AclRequest& request, std::string name, EntryLinks links);
  bool lend_usage(std::string_view schema, const std::vector<std::string>& grantors,
                  std::vector<std::string>& statements) const;
  void resolve(DumpId object);
  format::EntryId finish(format::TocEntry entry, std::vector<format::EntryId> needed,
                         const EntryLinks& links);
  void wait_for_rows(std::vector<format::EntryId>& needed, const std::vector<Index>& locks) const;

  BuildContext& context_;
  std::vector<format::TocEntry> entries_;
  std::vector<format::EntryId> main_;                   // by object; 0 = none
  std::vector<std::vector<format::EntryId>> resolved_;  // by object without entry: what stands for it
  std::vector<char> is_resolved_;
  std::vector<std::vector<format::EntryId>> rows_of_;  // by relation: entries that load its rows
  Error failure_;
  format::EntryId last_acl_ = 0;  // of the object written last
  // By schema name: what has to run before a grant in another role's name on something in the schema.
  std::unordered_map<std::string_view, format::EntryId> schema_acls_;
  std::vector<Index> relation_of_entry_;  // by entry id; kNone = not a relation's definition
};

}  // namespace pgark::dumper
