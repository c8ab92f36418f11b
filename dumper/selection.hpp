// Decides which parts of which objects a dump takes (B0.1 to B0.5), from the schema and table OIDs that the
// patterns matched. Pure: the matching itself is done by the server (catalog/patterns.hpp).
//
// Rules, strongest first: an extension's member gives only changed privileges; a system schema gives only
// changed privileges of pg_catalog; -t takes exactly the tables it names (and the sequences they own) and
// switches -n off; -n takes everything inside its schemas; -N and -T take away. -e takes exactly the
// extensions it names. Objects without a schema, extensions included, are otherwise taken only when nothing
// narrows the dump. Thread rule: const methods anywhere.
#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "dumper/catalog/model.hpp"
#include "dumper/options.hpp"

namespace pgark::dumper {

struct MatchedPatterns {
  std::unordered_set<Oid> include_schemas, exclude_schemas, include_tables, exclude_tables;
  std::unordered_set<Oid> exclude_rows = {};  // tables and sequences whose definition stays
  std::unordered_set<Oid> include_extensions = {}, exclude_extensions = {};
  std::unordered_set<Oid> foreign_data = {};  // foreign tables that give their rows
};

// pg_catalog, information_schema and every pg_* schema.
bool is_system_schema(std::string_view name);

class Selector {
 public:
  // Copies what it needs of `selection`.
  Selector(const Selection& selection, MatchedPatterns matched);

  // Sets Object::components of every schema, and remembers what is wanted inside each. First of all.
  void select_namespaces(std::vector<Namespace>& namespaces);
  void select_extensions(std::vector<Extension>& extensions);
  // Components of an object inside a schema that is not a relation.
  std::uint8_t in_schema(const Object& object) const;
  // Components of an object of a kind that has no schema: languages, casts, access methods, ... A built-in
  // one gives its changed privileges only (B0.3).
  std::uint8_t without_schema(const Object& object) const;
  // Components of a relation; sequences owned by a table need add_owned_sequences afterwards.
  std::uint8_t of_relation(const Relation& relation) const;
  // A sequence goes with the table that owns it. REQUIRES: components of all relations are set.
  void add_owned_sequences(std::vector<Relation>& relations,
                           const std::vector<SequenceInfo>& sequences) const;
  // Rows of an extension's configuration tables (B05). Sets is_config_table, config_condition and kData.
  void add_config_tables(Catalog& catalog) const;
  // Takes kData from relations whose rows are not wanted although they are: by pattern, because they are
  // unlogged, or because nobody asked for their foreign server's. REQUIRES: add_owned_sequences, which would
  // give it back.
  void leave_rows_out(std::vector<Relation>& relations) const;
  // Marks relations whose columns the dump has to know: wanted ones and their direct parents.
  void mark_interesting(std::vector<Relation>& relations) const;

  bool takes_everything() const { return everything_; }
  // What is wanted of things in a schema that are no objects of it.
  std::uint8_t contents_of(Index schema) const { return namespace_contents(schema); }
  // OIDs of the schemas whose objects are wanted (definition, comments, ...).
  std::vector<Oid> wanted_schemas(const std::vector<Namespace>& namespaces) const;
  // Bits that the choice of content leaves.
  std::uint8_t mask() const { return mask_; }

 private:
  std::uint8_t namespace_contents(Index schema) const;
  bool wants_extension(const Extension& extension) const;
  std::uint8_t of_member(Oid extension) const;
  bool wants_config_table(const Extension& extension, const Relation& table) const;

  MatchedPatterns matched_;
  bool by_table_ = false;      // -t was given
  bool by_schema_ = false;     // -n was given
  bool by_extension_ = false;  // -e was given
  bool everything_ = true;
  bool unlogged_rows_ = true;
  bool sequence_data_ = false;
  std::uint8_t mask_ = kAllComponents;
  std::vector<std::uint8_t> contents_;  // per namespace, masked
  std::vector<Oid> namespace_oids_;
  std::unordered_set<Oid> left_extensions_;  // not wanted: neither are their members' privileges
};

}  // namespace pgark::dumper
