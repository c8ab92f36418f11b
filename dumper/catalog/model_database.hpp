// The part of the catalog model that belongs to the database as a whole: publications, subscriptions, default
// privileges and large objects. See model.hpp for the rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dumper/catalog/object.hpp"

namespace pgark::dumper {

namespace catalog_oid {
inline constexpr Oid kPublication = 6104, kPublicationTable = 6106, kPublicationSchema = 6237,
                     kSubscription = 6100, kDefaultAcl = 826, kLargeObject = 2613;
}

struct Publication : Object {
  bool all_tables = false;
  bool inserts = true, updates = true, deletes = true, truncates = true;
  bool via_root = false;
  char generated_columns = 'n';  // n none, s stored (18+)
};

// One table of a publication.
struct PublicationTable {
  Oid oid = 0;
  Index publication = kNone;                 // Catalog::publications
  Index relation = kNone;                    // Catalog::relations
  std::vector<std::string> columns;          // raw; empty: all (15+)
  std::optional<std::string> condition_sql;  // row filter (15+)
};

// One schema of a publication (15+).
struct PublicationSchema {
  Oid oid = 0;
  Index publication = kNone;
  Index schema = kNone;
};

struct Subscription : Object {
  std::string connection;  // may hold a password: never shown
  std::optional<std::string> slot_name;
  std::string synchronous_commit;
  std::vector<std::string> publications;
  bool enabled = false;
  bool binary = false;
  char streaming = 'f';  // f off, t on, p parallel
  bool two_phase = false, disable_on_error = false;
  bool password_required = true, run_as_owner = false, failover = false;
  std::string origin = "any";
  std::string skip_lsn;  // subskiplsn; empty = none
};

// Privileges that objects of one type get when a role creates them.
struct DefaultAcl {
  Oid oid = 0;
  std::string role;
  Index schema = kNone;  // kNone: in every schema
  char object_type = 'r';
  std::string acl, base_acl;
  std::uint8_t components = 0;
};

// Large objects of one owner and with equal privileges, at most kLargeObjectGroupMax: there may be millions.
inline constexpr int kLargeObjectGroupMax = 500;
struct LargeObjectGroup : Object {  // named after its first and last
  std::vector<Oid> oids;            // ascending
};

// How the bytes of the large objects are read.
struct LargeObjectStore {
  bool wanted = false;
  bool readable_directly = false;   // this role may read pg_largeobject itself
  bool all_are_wanted = true;       // none belongs to an extension
  std::uint32_t page_bytes = 2048;  // of a large object's pages, which are rows of pg_largeobject
  std::uint64_t heap_bytes = 0;
  std::int64_t heap_pages = 0;
};

}  // namespace pgark::dumper
