// What all objects of the catalog model have in common: identity, name, owner, privileges, and what is wanted
// of them. The structs of the kinds stand in model.hpp and in the model_*.hpp beside it. Thread rule: plain
// values.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace pgark::dumper {

using Oid = std::uint32_t;
// First OID that initdb does not hand out: objects below it are built in.
inline constexpr Oid kFirstNormalOid = 16384;

// pg_class OIDs of the catalogs; an object is identified by (catalog, oid).
namespace catalog_oid {
inline constexpr Oid kClass = 1259, kType = 1247, kProc = 1255, kNamespace = 2615, kConstraint = 2606,
                     kAttrdef = 2604, kRewrite = 2618, kTrigger = 2620, kExtension = 3079, kDatabase = 1262,
                     kCollation = 3456, kCast = 2605, kTransform = 3576, kLanguage = 2612, kConversion = 2607,
                     kOperator = 2617, kOperatorClass = 2616, kOperatorFamily = 2753, kAccessMethod = 2601,
                     kTextSearchParser = 3601, kTextSearchTemplate = 3764, kTextSearchDictionary = 3600,
                     kTextSearchConfiguration = 3602;
}

struct CatalogId {
  Oid catalog = 0;
  Oid oid = 0;
  bool operator==(const CatalogId&) const = default;
  auto operator<=>(const CatalogId&) const = default;
};
struct CatalogIdHash {
  std::size_t operator()(const CatalogId& id) const {
    return (static_cast<std::size_t>(id.catalog) << 32 | id.oid) * 0x9e3779b97f4a7c15u;
  }
};

// Index into Catalog::namespaces, Catalog::relations, ...; kNone where there is none.
using Index = std::uint32_t;
inline constexpr Index kNone = 0xffffffff;
using PositionByOid = boost::unordered_flat_map<Oid, Index>;

// Which parts of an object are wanted (B0.1).
enum Component : std::uint8_t {
  kDefinition = 1,
  kData = 2,
  kComment = 4,
  kSecurityLabel = 8,
  kAcl = 16,
  kPolicy = 32,
  kAllComponents = 63
};

// Fields shared by every kind that has a name of its own.
struct Object {
  Oid oid = 0;
  std::string name;
  Index schema = kNone;                    // Catalog::namespaces
  std::string owner;                       // role name, raw
  std::optional<std::string> acl;          // aclitem[] text; nullopt = default privileges
  std::optional<std::string> initial_acl;  // pg_init_privs (B61.1)
  std::string default_acl;                 // acldefault(kind, owner) as aclitem[] text
  Oid extension = 0;                       // member of this extension (B0.2)
  std::uint8_t components = 0;             // Component bits: decided by selection, see selection.hpp
};

}  // namespace pgark::dumper
