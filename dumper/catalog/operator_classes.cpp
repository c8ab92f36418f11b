// Operator families and classes with their members (B16, B17), and access methods (B23).
//
// A member belongs to the class that pg_depend ties it to, or else, loose, to the family it is in. Users also
// add loose members to families of the system or of an extension: such a family is read with create = false
// and holds only members whose operator or function is the user's own.
#include <utility>

#include "dumper/catalog/missing.hpp"
#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

// LEFT JOIN that gives alias c: the class a row of pg_amop or pg_amproc (alias m) is tied to.
std::string class_join(std::string_view catalog) {
  return " LEFT JOIN pg_catalog.pg_depend c ON c.classid = 'pg_catalog." + std::string(catalog) +
         "'::pg_catalog.regclass AND c.objid = m.oid AND c.refclassid = "
         "'pg_catalog.pg_opclass'::pg_catalog.regclass"
         " AND c.deptype IN ('i', 'a')";
}

// What a member stands on is the user's own: then so is the member.
std::string users_member_sql(std::string_view catalog, std::string_view column) {
  return std::string(column) + " >= 16384 AND " + not_member_sql(catalog, column);
}

std::string families_sql() {
  const std::string own = users_own_sql("pg_opfamily", "f.oid");
  return "SELECT f.oid, f.opfname, f.opfnamespace, f.opfowner, am.amname, " + own +
         " FROM pg_catalog.pg_opfamily f JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace"
         " JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod WHERE (" +
         own + ") OR ((f.oid < 16384 OR NOT " + not_member_sql("pg_opfamily", "f.oid") +
         ") AND (EXISTS (SELECT 1 FROM pg_catalog.pg_amop m" + class_join("pg_amop") +
         " WHERE m.amopfamily = f.oid AND m.oid >= 16384 AND c.objid IS NULL AND " +
         users_member_sql("pg_operator", "m.amopopr") + ") OR EXISTS (SELECT 1 FROM pg_catalog.pg_amproc m" +
         class_join("pg_amproc") +
         " WHERE m.amprocfamily = f.oid AND m.oid >= 16384 AND c.objid IS NULL AND " +
         users_member_sql("pg_proc", "m.amproc::pg_catalog.oid") +
         "))) ORDER BY n.nspname, f.opfname, am.amname";
}

void take_family(Reading& reading, Row& row) {
  OperatorFamily object;
  take_owned(reading, row, object);
  object.access_method = row.text();
  object.create = row.boolean();
  if (!object.create) {
    const bool wanted = reading.selector.takes_everything();
    object.components = wanted ? reading.selector.mask() & kDefinition : std::uint8_t{0};
  }
  reading.catalog.operator_families.push_back(std::move(object));
}

std::string classes_sql() {
  return "SELECT oc.oid, oc.opcname, oc.opcnamespace, oc.opcowner, am.amname, " +
         qualified_sql("fn.nspname", "f.opfname") + ", pg_catalog.format_type(oc.opcintype, NULL), " +
         type_name_sql("oc.opckeytype") +
         ", oc.opcdefault FROM pg_catalog.pg_opclass oc JOIN pg_catalog.pg_namespace n ON n.oid = "
         "oc.opcnamespace"
         " JOIN pg_catalog.pg_am am ON am.oid = oc.opcmethod"
         " JOIN pg_catalog.pg_opfamily f ON f.oid = oc.opcfamily"
         " JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace WHERE " +
         users_own_sql("pg_opclass", "oc.oid") + " ORDER BY n.nspname, oc.opcname, am.amname";
}

void take_class(Reading& reading, Row& row) {
  OperatorClass object;
  take_owned(reading, row, object);
  object.access_method = row.text();
  object.family_sql = row.text();
  object.type_sql = row.text();
  object.storage_sql = row.text();
  object.by_default = row.boolean();
  reading.catalog.operator_classes.push_back(std::move(object));
}

std::string member_operators_sql() {
  const std::string missing =
      missing_sql({{"type", "m.amoplefttype"}, {"type", "m.amoprighttype"}, {"operator", "m.amopopr"}});
  const std::string name = unless_missing_sql(missing, "m.amopopr::pg_catalog.regoperator::pg_catalog.text");
  return "SELECT c.refobjid, m.amopfamily, " + users_member_sql("pg_operator", "m.amopopr") +
         ", m.amopstrategy, " + missing + ", " + name + ", " + qualified_sql("sn.nspname", "s.opfname") +
         " FROM pg_catalog.pg_amop m" + class_join("pg_amop") +
         " LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = m.amopsortfamily"
         " LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace WHERE m.oid >= 16384"
         " ORDER BY m.amopstrategy, (" +
         name + ") COLLATE pg_catalog.\"C\"";
}

std::string member_functions_sql() {
  const std::string left = "pg_catalog.format_type(m.amproclefttype, NULL)";
  const std::string right = "pg_catalog.format_type(m.amprocrighttype, NULL)";
  const std::string own = missing_sql({{"type", "m.amproclefttype"},
                                       {"type", "m.amprocrighttype"},
                                       {"function", "m.amproc::pg_catalog.oid"}});
  const std::string missing = "COALESCE(NULLIF(" + own + ", ''), " + missing_types_sql() + ", '')";
  return "SELECT c.refobjid, m.amprocfamily, " + users_member_sql("pg_proc", "m.amproc::pg_catalog.oid") +
         ", m.amprocnum, " + missing + ", " + left + ", " + right + ", " +
         unless_missing_sql(missing, "m.amproc::pg_catalog.regprocedure::pg_catalog.text") +
         " FROM pg_catalog.pg_amproc m" + class_join("pg_amproc") +
         " LEFT JOIN pg_catalog.pg_proc p ON p.oid = m.amproc WHERE m.oid >= 16384 ORDER BY m.amprocnum, " +
         left + " COLLATE pg_catalog.\"C\", " + right + " COLLATE pg_catalog.\"C\"";
}

// Gives each member to its class or family; those of extensions find neither.
class MemberTaker {
 public:
  explicit MemberTaker(Reading& reading)
      : reading_(reading),
        catalog_(reading.catalog),
        classes_(positions_by_oid(catalog_.operator_classes)),
        families_(positions_by_oid(catalog_.operator_families)) {}

  // nullptr when nobody who is saved owns it. Reads the three columns that say whose it is.
  OperatorMembers* owner(Row& row) {
    const Oid of_class = row.oid(), family = row.oid();
    const bool users = row.boolean();
    if (of_class != 0) {
      const auto found = classes_.find(of_class);
      if (found == classes_.end()) return nullptr;
      name_of("OPERATOR CLASS", catalog_.operator_classes[found->second]);
      return &catalog_.operator_classes[found->second].members;
    }
    const auto found = families_.find(family);
    if (found == families_.end()) return nullptr;
    OperatorFamily& owner = catalog_.operator_families[found->second];
    name_of("OPERATOR FAMILY", owner);
    return owner.create || users ? &owner.loose : nullptr;
  }
  // Of the owner.
  const std::string& name() const { return name_; }
  // Names a member in the report that needs what is not there; false when it does not.
  bool note_missing_in(std::string_view member, int number, std::string_view missing) const {
    return note_missing(reading_, kind_, name_, std::string(member) + " " + std::to_string(number), missing);
  }

 private:
  template <class T>
  void name_of(std::string_view kind, const T& owner) {
    kind_ = kind;
    name_ = reading_.describe(owner) + " USING " + owner.access_method;
  }

  Reading& reading_;
  Catalog& catalog_;
  const PositionByOid classes_, families_;
  std::string_view kind_;
  std::string name_;
};

void take_member_operators(Reading& reading, const wire::ResultSet& result) {
  MemberTaker taker(reading);
  for (std::size_t i = 0; i < result.row_count(); ++i) {
    Row row(result, i);
    OperatorMembers* owner = taker.owner(row);
    if (owner == nullptr) continue;
    MemberOperator member;
    member.strategy = static_cast<int>(row.integer());
    if (taker.note_missing_in("OPERATOR", member.strategy, row.text())) continue;
    member.operator_sql = take_reference(row, taker.name());
    member.sort_family_sql = row.text();
    owner->operators.push_back(std::move(member));
  }
}

void take_member_functions(Reading& reading, const wire::ResultSet& result) {
  MemberTaker taker(reading);
  for (std::size_t i = 0; i < result.row_count(); ++i) {
    Row row(result, i);
    OperatorMembers* owner = taker.owner(row);
    if (owner == nullptr) continue;
    MemberFunction member;
    member.number = static_cast<int>(row.integer());
    if (taker.note_missing_in("FUNCTION", member.number, row.text())) continue;
    member.left_sql = row.text();
    member.right_sql = row.text();
    member.function_sql = take_reference(row, taker.name());
    owner->functions.push_back(std::move(member));
  }
}

std::string access_methods_sql() {
  return "SELECT am.oid, am.amname, am.amtype, " + function_name_sql("am.amhandler") +
         " FROM pg_catalog.pg_am am WHERE am.oid >= 16384 AND " + not_member_sql("pg_am", "am.oid") +
         " ORDER BY am.amname";
}

void take_access_method(Reading& reading, Row& row) {
  AccessMethod object;
  take_schemaless(reading, row, object);
  object.type = row.character();
  object.handler_sql = take_reference(row, object.name);
  reading.catalog.access_methods.push_back(std::move(object));
}

}  // namespace

void add_operator_classes(Steps& steps) {
  steps.push_back(row_step("access methods", access_methods_sql(), {}, take_access_method));
  steps.push_back(row_step("operator families", families_sql(), {}, take_family));
  steps.push_back(row_step("operator classes", classes_sql(), {}, take_class));
  steps.push_back({"operators of operator classes", member_operators_sql(), {}, take_member_operators});
  steps.push_back({"functions of operator classes", member_functions_sql(), {}, take_member_functions});
}

}  // namespace pgark::dumper
