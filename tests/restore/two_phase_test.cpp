#include "restore/two_phase.hpp"

#include <gtest/gtest.h>

#include "restore/toc_builder.hpp"

namespace pgark::restore {
namespace {

using format::Section;

class TwoPhaseTest : public testing::Test {
 protected:
  TwoPhaseTest() {
    table_ = toc_.table("t");
    other_ = toc_.table("other");
    define(table_, "CREATE TABLE public.t (a int)");
    define(other_, "CREATE TABLE public.other (a int)");
  }
  void define(format::EntryId id, const std::string& sql) {
    toc_.toc.entries[id - 1].create.push_back({sql});
  }
  std::optional<TwoPhases> phases(const std::string& kind, const std::string& sql) {
    format::TocEntry& entry = toc_.add(kind, "c", Section::post_data, {table_, other_});
    entry.table = "t";
    entry.create.push_back({sql});
    return two_phases(toc_.toc, entry);
  }
  std::optional<TwoPhases> key(const std::string& definition) {
    return phases("CONSTRAINT", "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT c " + definition);
  }
  test::TocBuilder toc_;
  format::EntryId table_ = 0, other_ = 0;
};

TEST_F(TwoPhaseTest, Keys) {
  struct Case {
    const char* definition;
    const char* index;
    const char* constraint;
  };
  for (const Case& one : std::initializer_list<Case>{
           {"PRIMARY KEY (a, b)", "(a, b)", "PRIMARY KEY USING INDEX c"},
           {"UNIQUE (a)", "(a)", "UNIQUE USING INDEX c"},
           {"UNIQUE NULLS NOT DISTINCT (a)", "(a) NULLS NOT DISTINCT", "UNIQUE USING INDEX c"},
           {"PRIMARY KEY (a) INCLUDE (b, \"C )\")", "(a) INCLUDE (b, \"C )\")", "PRIMARY KEY USING INDEX c"},
           {"UNIQUE (\"a)\"\"(\") WITH (fillfactor='70') DEFERRABLE INITIALLY DEFERRED",
            "(\"a)\"\"(\") WITH (fillfactor='70')", "UNIQUE USING INDEX c DEFERRABLE INITIALLY DEFERRED"},
           {"PRIMARY KEY (a) DEFERRABLE", "(a)", "PRIMARY KEY USING INDEX c DEFERRABLE"}}) {
    const auto result = key(one.definition);
    ASSERT_TRUE(result) << one.definition;
    EXPECT_EQ(result->first, std::string("CREATE UNIQUE INDEX c ON ONLY public.t USING btree ") + one.index);
    EXPECT_EQ(result->second, std::string("ALTER TABLE ONLY public.t ADD CONSTRAINT c ") + one.constraint);
    EXPECT_TRUE(result->first_is_long);
  }
}

TEST_F(TwoPhaseTest, Names) {
  const auto result =
      phases("CONSTRAINT",
             "ALTER TABLE ONLY \"A B\".\"t.\"\"ADD CONSTRAINT x\"\n    ADD CONSTRAINT \"c (1)\" UNIQUE (a)");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->first,
            "CREATE UNIQUE INDEX \"c (1)\" ON ONLY \"A B\".\"t.\"\"ADD CONSTRAINT x\" USING btree (a)");
}

TEST_F(TwoPhaseTest, ForeignKeys) {
  const std::string sql =
      "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES public.other(a) ON DELETE "
      "CASCADE";
  const auto result = phases("FK CONSTRAINT", sql);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->first, sql + " NOT VALID");
  EXPECT_EQ(result->second, "ALTER TABLE ONLY public.t VALIDATE CONSTRAINT c");
  EXPECT_FALSE(result->first_is_long);
  EXPECT_FALSE(phases("FK CONSTRAINT", sql + " NOT VALID"));
  EXPECT_FALSE(phases("FK CONSTRAINT", sql + " NOT ENFORCED"));
}

TEST_F(TwoPhaseTest, WhatStaysAsItIs) {
  EXPECT_FALSE(key("EXCLUDE USING gist (a WITH &&)"));
  EXPECT_FALSE(key("PRIMARY KEY (a, b WITHOUT OVERLAPS)"));
  EXPECT_FALSE(key("PRIMARY KEY (a) SOMETHING NEW"));
  EXPECT_FALSE(key("PRIMARY KEYS (a)"));
  EXPECT_FALSE(key("UNIQUE (a"));
  EXPECT_FALSE(key("NOT NULL a"));
  EXPECT_FALSE(phases("CONSTRAINT", "ALTER TABLE public.t ADD CONSTRAINT c UNIQUE (a)"));
  EXPECT_FALSE(phases("CONSTRAINT", "ALTER TABLE ONLY public.t ADD PRIMARY KEY (a)"));
  EXPECT_FALSE(phases("CHECK CONSTRAINT", "ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK (a > 0)"));
  EXPECT_FALSE(phases("CONSTRAINT", ""));
  define(other_, "ALTER TABLE public.other PARTITION BY LIST (a)");
  EXPECT_FALSE(key("PRIMARY KEY (a)"));
  EXPECT_FALSE(
      phases("FK CONSTRAINT",
             "ALTER TABLE ONLY public.t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES public.other(a)"));
}

}  // namespace
}  // namespace pgark::restore
