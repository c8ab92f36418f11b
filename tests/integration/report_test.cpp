// pgark report through the program: of a backup, a drill, a damaged place, and what it refuses.
#include <sys/stat.h>

#include <sstream>

#include "backups_fixture.hpp"

namespace pgark::test {
namespace {

class ReportTest : public BackupsTest {
 protected:
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }
};

TEST_F(ReportTest, OfABackupWithHostileNames) {
  cluster_.sql("shop",
               "CREATE TABLE \"<script>alert(1)</script>|\" AS SELECT generate_series(1, 20000) AS n");
  expect(backup(), 0);
  expect(pgark({"report", "--latest", "-o", path("a.html")}), 0, {"report written"});
  const std::string page = read("a.html");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
  EXPECT_EQ(count(page, "<script"), 0u);
  EXPECT_EQ(count(page, "public.&lt;script&gt;alert(1)&lt;/script&gt;|"), 1u);
  EXPECT_EQ(count(page, "complete, but never verified"), 1u);
  struct stat status {};
  ASSERT_EQ(::stat(path("a.html").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  expect(pgark({"report", "--latest", "-o", path("a.html")}), 2, {"a.html"});
  expect(pgark({"report", "--latest", "-o", path("a.html"), "--overwrite"}), 0);
  const ProcessResult markdown = pgark({"report", newest(), "--format", "markdown", "--tables", "2"});
  expect(markdown, 0, {"| public.\\<script\\>alert\\(1\\)\\</script\\>\\| | 20,000 |", "a smaller one"});
  EXPECT_TRUE(markdown.out.starts_with("# Backup shop\\_20")) << markdown.out;
}

TEST_F(ReportTest, OfADrillAndOfAllBackups) {
  expect(pgark({"report", "--all"}), 0, {"there are no backups"});
  expect(backup(), 0);
  const std::string name = newest();
  expect(pgark({"report", "--drill"}), 2, {"there was no drill"});
  expect(pgark({"report", "--drill", "--latest"}), 2, {"was never restored in a drill"});
  Command drill = command({"drill"});
  drill.environment.emplace_back("TEST_DATABASE_URL", cluster_.conninfo("postgres"));
  expect(run(drill), 0);
  expect(pgark({"report", "--drill", "-o", path("drill.md")}), 0);
  EXPECT_EQ(count(read("drill.md"), "passed: restored in"), 1u) << read("drill.md");
  EXPECT_EQ(count(read("drill.md"), "## Time line"), 1u) << read("drill.md");
  expect(pgark({"report", "--all", "-o", path("all.md")}), 0);
  EXPECT_EQ(count(read("all.md"), "all objectives hold"), 1u) << read("all.md");
  const nlohmann::json missed =
      result_of(pgark({"report", "--all", "--rto", "0s", "--json", "-o", path("missed.html")}));
  EXPECT_EQ(missed["verdict"], "1 of the objectives missed");
  EXPECT_EQ(missed["bytes"], std::filesystem::file_size(path("missed.html")));
  damage(name);
  expect(pgark({"verify", name}), 10);
  expect(pgark({"report", name, "-o", path("damaged.md")}), 0);
  EXPECT_EQ(count(read("damaged.md"), "**damaged: "), 1u) << read("damaged.md");
}

TEST_F(ReportTest, WhatTheConnectionsDid) {
  cluster_.sql("shop",
               "CREATE TABLE wide AS SELECT n, repeat(md5(n::text), 20) t FROM generate_series(1, 60000) n");
  expect(backup({"-j", "2"}), 0);
  expect(pgark({"report", "--latest", "-o", path("backup.html")}), 0);
  const std::string page = read("backup.html");
  EXPECT_EQ(count(page, "class=\"lane\""), 2u) << "a lane for each connection";
  EXPECT_GE(count(page, "<title>public.wide"), 1u);
  EXPECT_EQ(count(page, "<h2>Throughput</h2>"), 1u);
}

TEST_F(ReportTest, OfARestore) {
  cluster_.sql("shop", "CREATE INDEX by_name ON t (name)");
  expect(backup(), 0);
  const std::vector<std::string> restore{"restore", "--latest", "-d", cluster_.conninfo("target"), "-j", "2"};
  const auto with = [&restore](std::vector<std::string> more) {
    more.insert(more.begin(), restore.begin(), restore.end());
    return more;
  };
  expect(pgark(with({"--verify", "--report", path("restore.html")})), 0);
  const std::string page = read("restore.html");
  EXPECT_EQ(count(page, "Restore into target</h1>"), 1u);
  EXPECT_EQ(count(page, "read again and found equal"), 1u);
  EXPECT_GE(count(page, "<title>public.t: "), 1u);
  EXPECT_GE(count(page, "<title>INDEX public.by_name"), 1u) << page;
  // Refused before anything is done.
  expect(pgark(with({"--clean", "--force", "--report", path("restore.html")})), 2, {"restore.html"});
  expect(pgark(with({"--plan", "--report", path("plan.html")})), 2, {"--plan"});
  // One that fails has its report too.
  cluster_.drop_database("target");
  cluster_.create_database("target", "TEMPLATE template0");
  cluster_.sql("target",
               "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF TG_TAG = "
               "'CREATE INDEX' THEN RAISE 'not today'; END IF; END$$; CREATE EVENT TRIGGER no ON "
               "ddl_command_start EXECUTE FUNCTION no()");
  expect(pgark(with({"--clean", "--force", "--report", path("failed.md")})), 14);
  EXPECT_EQ(count(read("failed.md"), "FAILED: "), 1u) << read("failed.md");
  EXPECT_GE(count(read("failed.md"), "not today"), 1u);
}

TEST_F(ReportTest, OfAnArchiveWithoutASideFile) {
  expect(backup({"-o", path("plain.pgark")}), 0);
  expect(pgark({"report", path("plain.pgark")}), 0, {"<dd>shop</dd>", "public.t", "5,000"});
  expect(pgark({"report", path("none.pgark")}), 8, {"none.pgark"});
}

TEST_F(ReportTest, WhatContradictsItselfIsRefused) {
  expect(pgark({"report"}), 2, {"--latest, --drill or --all"});
  expect(pgark({"report", "--all", "--latest"}), 2, {"--all"});
  expect(pgark({"report", "--all", "--drill"}), 2, {"--all"});
  expect(pgark({"report", "--all", "--tables", "5"}), 2, {"--tables"});
  expect(pgark({"report", "--drill", "--tables", "5"}), 2, {"--tables"});
  expect(pgark({"report", "x", "--of", "shop"}), 2, {"--of"});
  expect(pgark({"report", "--all", "--format", "pdf"}), 2, {"--format"});
}

}  // namespace
}  // namespace pgark::test
