// Types, operators, aggregates, languages, collations and their like, there and back: the traps F18 to F22
// and F38 of SCHEMA_COVERAGE, restored with one connection and with four, compared by pg_dump and by the
// catalogs' names.
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

constexpr std::string_view kDatabase = "traps";

// Facts of which pg_dump prints only a part, or which it prints as the result of its own queries.
constexpr std::string_view kFacts[] = {
    "SELECT * FROM (SELECT typname, typnamespace::regnamespace, typowner::regrole, typlen, typbyval, typtype,"
    " typcategory, typispreferred, typisdefined, typdelim, typsubscript, typelem::regtype, typinput, "
    "typoutput,"
    " typreceive, typsend, typmodin, typmodout, typanalyze, typalign, typstorage, typcollation <> 0, "
    "typdefault,"
    " typacl FROM pg_type WHERE oid >= 16384) x ORDER BY x::text COLLATE \"C\"",
    "SELECT rngtypid::regtype, rngsubtype::regtype, rngmultitypid::regtype, rngcollation::regcollation, "
    "opcname,"
    " rngcanonical, rngsubdiff FROM pg_range JOIN pg_opclass o ON o.oid = rngsubopc WHERE rngtypid >= 16384"
    " ORDER BY rngtypid::regtype::text COLLATE \"C\"",
    "SELECT aggfnoid::regprocedure, aggkind, aggnumdirectargs, aggtransfn, aggfinalfn, aggcombinefn, "
    "aggserialfn,"
    " aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn, aggfinalextra, aggmfinalextra, aggfinalmodify,"
    " aggmfinalmodify, aggsortop::regoperator, aggtranstype::regtype, aggtransspace, aggmtranstype::regtype,"
    " aggmtransspace, agginitval, aggminitval, proacl, proowner::regrole, proparallel FROM pg_aggregate a"
    " JOIN pg_proc p ON p.oid = a.aggfnoid WHERE p.oid >= 16384 ORDER BY aggfnoid::regprocedure::text "
    "COLLATE \"C\"",
    "SELECT oid::regoperator, oprowner::regrole, oprkind, oprcanmerge, oprcanhash, oprresult::regtype,"
    " oprcom::regoperator, oprnegate::regoperator, oprcode, oprrest, oprjoin FROM pg_operator WHERE oid >= "
    "16384"
    " ORDER BY oid::regoperator::text COLLATE \"C\"",
    "SELECT opfname, opfnamespace::regnamespace, amop.amoplefttype::regtype, amop.amoprighttype::regtype,"
    " amopstrategy, amoppurpose, amopopr::regoperator, amopsortfamily <> 0, refclassid::regclass, d.deptype"
    " FROM pg_amop amop JOIN pg_opfamily f ON f.oid = amopfamily LEFT JOIN pg_depend d ON d.classid ="
    " 'pg_amop'::regclass AND d.objid = amop.oid AND d.refclassid IN ('pg_opclass'::regclass,"
    " 'pg_opfamily'::regclass) WHERE amop.oid >= 16384 ORDER BY (opfname, amopstrategy,"
    " amopopr::regoperator::text, refclassid::regclass::text)::text COLLATE \"C\"",
    "SELECT opfname, amproclefttype::regtype, amprocrighttype::regtype, amprocnum, amproc::regprocedure,"
    " refclassid::regclass, d.deptype FROM pg_amproc p JOIN pg_opfamily f ON f.oid = amprocfamily"
    " LEFT JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass AND d.objid = p.oid AND d.refclassid IN"
    " ('pg_opclass'::regclass, 'pg_opfamily'::regclass) WHERE p.oid >= 16384 ORDER BY (opfname, amprocnum,"
    " amproc::regprocedure::text, refclassid::regclass::text, amproclefttype::regtype::text)::text COLLATE "
    "\"C\"",
    "SELECT opcname, am.amname, opcowner::regrole, opcdefault, opcintype::regtype, opckeytype::regtype FROM"
    " pg_opclass c JOIN pg_am am ON am.oid = opcmethod WHERE c.oid >= 16384 ORDER BY 1, 2",
    "SELECT castsource::regtype, casttarget::regtype, castfunc::regprocedure, castcontext, castmethod FROM "
    "pg_cast"
    " WHERE oid >= 16384 ORDER BY (castsource::regtype::text, casttarget::regtype::text)::text COLLATE \"C\"",
    "SELECT trftype::regtype, lanname, trffromsql, trftosql FROM pg_transform JOIN pg_language l ON l.oid ="
    " trflang ORDER BY lanname, trftype::regtype::text COLLATE \"C\"",
    "SELECT lanname, lanowner::regrole, lanispl, lanpltrusted, lanplcallfoid::regproc, laninline::regproc,"
    " lanvalidator::regproc, lanacl FROM pg_language ORDER BY lanname",
    "SELECT conname, conowner::regrole, conforencoding, contoencoding, conproc, condefault FROM pg_conversion"
    " WHERE oid >= 16384 ORDER BY conname",
    "SELECT collname, collowner::regrole, collprovider, collisdeterministic, collencoding, collcollate, "
    "collctype,"
    " colliculocale FROM pg_collation WHERE oid >= 16384 ORDER BY collname",
    "SELECT amname, amhandler, amtype FROM pg_am ORDER BY amname",
    "SELECT prsname, prsstart, prstoken, prsend, prsheadline, prslextype FROM pg_ts_parser ORDER BY prsname",
    "SELECT tmplname, tmplinit, tmpllexize FROM pg_ts_template ORDER BY tmplname",
    "SELECT dictname, dictowner::regrole, tmplname, dictinitoption FROM pg_ts_dict JOIN pg_ts_template t ON "
    "t.oid ="
    " dicttemplate ORDER BY dictname",
    "SELECT cfgname, cfgowner::regrole, maptokentype, mapseqno, mapdict::regdictionary FROM pg_ts_config c"
    " LEFT JOIN pg_ts_config_map m ON m.mapcfg = c.oid ORDER BY cfgname, maptokentype, mapseqno",
    "SELECT i.type, i.identity, description FROM pg_description d,"
    " LATERAL pg_identify_object(classoid, objoid, objsubid) i WHERE objoid >= 16384 ORDER BY (i.type,"
    " i.identity)::text COLLATE \"C\"",
};

constexpr std::string_view kTraps[] = {
    "f18_ranges",    "f19_base_types",     "f20_operators",  "f21_casts",       "f22_aggregates",
    "f38_languages", "f38_access_methods", "f38_collations", "f38_conversions", "f38_text_search"};

// The scripts of those traps for this server's major: what came with a version follows what every one has.
std::vector<std::filesystem::path> trap_scripts(int server_version_num) {
  std::vector<std::filesystem::path> scripts;
  for (const std::string_view trap : kTraps) {
    const std::filesystem::path stem = std::filesystem::path(PGARK_SOURCE_DIR "/tests/fidelity") / trap;
    scripts.emplace_back(stem.string() + ".sql");
    for (int major = 14; major <= server_version_num / 10000; ++major) {
      std::filesystem::path later(stem.string() + "." + std::to_string(major) + ".sql");
      if (std::filesystem::exists(later)) scripts.push_back(std::move(later));
    }
  }
  return scripts;
}

class TypeKindsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Cluster& cluster = Cluster::shared();
    cluster.sql("postgres", "CREATE ROLE trap_r1; CREATE ROLE trap_r2; CREATE ROLE \"trap R 3\"");
    cluster.create_database(kDatabase, "TEMPLATE template0");
    for (const auto& script : trap_scripts(cluster.server_version_num())) {
      run_or_throw(cluster.client(
          "psql", {"-Xq", "-v", "ON_ERROR_STOP=1", "-f", script.string(), std::string(kDatabase)}));
    }
  }

  void expect_same_facts(const std::string& copy) {
    for (const std::string_view query : kFacts) {
      const std::string sql = "SET search_path = ''; " + std::string(query);
      EXPECT_TRUE(same_text(query.substr(0, 60), cluster_.sql(kDatabase, sql), cluster_.sql(copy, sql)));
    }
  }

  ProcessResult backup(const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments{"backup", "-d", cluster_.conninfo(kDatabase), "-o", archive_.string()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_long(std::move(arguments));
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const std::filesystem::path archive_ = folder_ / "traps.pgark";
};

TEST_F(TypeKindsTest, everything_comes_back_with_one_connection_and_with_four) {
  const ProcessResult saved = backup();
  ASSERT_TRUE(saved.ok()) << saved.describe();
  EXPECT_EQ(saved.err.find("not saved yet"), std::string::npos) << saved.describe();
  for (const std::string jobs : {"1", "4"}) {
    const std::string copy = "copy" + jobs;
    cluster_.create_database(copy, "TEMPLATE template0");
    const ProcessResult restored =
        run_long({"restore", archive_.string(), "-d", cluster_.conninfo(copy), "-j", jobs});
    EXPECT_TRUE(restored.ok()) << restored.describe();
    EXPECT_TRUE(same_database(cluster_, kDatabase, cluster_, copy));
    expect_same_facts(copy);
  }
}

// Each drop finds its object, with the arguments and in the order that let it go; then all of it is made
// again.
TEST_F(TypeKindsTest, clean_drops_and_makes_everything_again) {
  ASSERT_TRUE(backup().ok());
  cluster_.create_database("cleaned", "TEMPLATE template0");
  const std::vector<std::string> restore{"restore", archive_.string(), "-d", cluster_.conninfo("cleaned")};
  ASSERT_TRUE(run_long(restore).ok());
  std::vector<std::string> again = restore;
  again.emplace_back("--clean");
  const ProcessResult restored = run_long(again);
  EXPECT_TRUE(restored.ok()) << restored.describe();
  EXPECT_TRUE(same_database(cluster_, kDatabase, cluster_, "cleaned"));
  expect_same_facts("cleaned");
}

// B0.5: what has no schema is only part of a whole database.
TEST_F(TypeKindsTest, a_schema_takes_its_own_kinds_and_no_others) {
  ASSERT_TRUE(backup({"-n", "f20", "-s"}).ok());
  cluster_.create_database("narrow", "TEMPLATE template0");
  const ProcessResult restored = run_long({"restore", archive_.string(), "-d", cluster_.conninfo("narrow")});
  EXPECT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(cluster_.sql("narrow",
                         "SELECT (SELECT count(*) FROM pg_operator WHERE oid >= 16384 AND oprcode <> 0),"
                         " (SELECT count(*) FROM pg_opclass WHERE oid >= 16384),"
                         " (SELECT count(*) FROM pg_cast WHERE oid >= 16384),"
                         " (SELECT count(*) FROM pg_am WHERE oid >= 16384)"),
            "11|6|0|0");
}

}  // namespace
}  // namespace pgark::test
