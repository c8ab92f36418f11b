// A database whose objects need each other across schemas in every way that a restore of a part of it, or
// under other names, has to follow; and steps that the tests share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "roundtrip.hpp"
#include "support/cluster.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {

inline constexpr const char* kAdaptSchemaSql = R"sql(
SET check_function_bodies = off;
CREATE ROLE alice; CREATE ROLE "Bob ""x"; CREATE ROLE carol;
CREATE EXTENSION hstore; CREATE EXTENSION citext;
CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext;
CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA "We.ird ""x";
CREATE TYPE a.mood AS ENUM ('sad', 'ok');
CREATE DOMAIN a.pos AS int CHECK (VALUE > 0);
CREATE TYPE a.pair AS (x a.mood, y a.pos);
CREATE TYPE a.span AS RANGE (subtype = date);
CREATE FUNCTION a.next_two(x a.pair DEFAULT NULL, a a.mood DEFAULT 'ok') RETURNS int IMMUTABLE LANGUAGE sql
  AS 'SELECT 2';
CREATE FUNCTION a.counted() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM a.users';
CREATE SEQUENCE a.loose;
CREATE TABLE a.users (id serial PRIMARY KEY, name citext UNIQUE, m a.mood DEFAULT 'ok', n int DEFAULT a.next_two(),
  l int DEFAULT nextval('a.loose'), p a.pair, tags hstore, s a.span);
CREATE TABLE b.orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int REFERENCES a.users (id),
  amount a.pos CHECK (amount < 100000), kind oid DEFAULT 'a.users'::regclass::oid);
CREATE TABLE a.log (id bigserial, at date NOT NULL, who int) PARTITION BY RANGE (at);
CREATE TABLE a.log1 PARTITION OF a.log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE b.log2 PARTITION OF a.log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
ALTER TABLE a.log ADD PRIMARY KEY (id, at); CREATE INDEX ON a.log (who);
CREATE TABLE b.log_notes (id bigint, at date, note text, FOREIGN KEY (id, at) REFERENCES a.log);
CREATE TABLE a.parent (i int); CREATE TABLE a.child (j int) INHERITS (a.parent);
CREATE TABLE a.a (a int, users text, CHECK (a > 0)); CREATE INDEX a ON b.orders (amount);
CREATE VIEW a.v AS SELECT a.id, a.name, a.m FROM a.users a WHERE a.m = 'ok'::a.mood AND a.id IS DISTINCT FROM a.n;
CREATE VIEW b.v2 AS SELECT v.*, u.p, (u.p).x AS ux, EXTRACT(year FROM a.at) AS y
  FROM a.v JOIN a.users u USING (id), a.log a WHERE a.who = u.id AND u.name OPERATOR(public.=) 'x';
CREATE VIEW b.v3 AS WITH a AS (SELECT 1 AS users) SELECT a.users, x.users AS more FROM a, a.a x;
CREATE VIEW b.v4 AS SELECT a.users, a.a FROM a.a;
CREATE MATERIALIZED VIEW a.mv AS SELECT count(*) AS c FROM a.users; CREATE UNIQUE INDEX mvi ON a.mv (c);
CREATE FUNCTION a.stamp() RETURNS trigger LANGUAGE plpgsql SET search_path = a, public
  AS $$ BEGIN new.n := 3; RETURN new; END $$;
CREATE TRIGGER tr BEFORE UPDATE ON a.users FOR EACH ROW WHEN (new.id > 0) EXECUTE FUNCTION a.stamp();
ALTER TABLE b.orders DISABLE TRIGGER ALL; ALTER TABLE a.users ADD UNIQUE (id, n) DEFERRABLE;
ALTER TABLE a.users DISABLE TRIGGER ALL;
CREATE RULE rr AS ON DELETE TO b.orders DO ALSO INSERT INTO a.parent VALUES (old.id);
CREATE POLICY pol ON a.users TO "Bob ""x", alice USING (n > 0 AND EXISTS (SELECT FROM a.a WHERE a.a.a = id));
ALTER TABLE a.users ENABLE ROW LEVEL SECURITY;
CREATE OPERATOR a.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
CREATE VIEW b.v5 AS SELECT 1 OPERATOR(a.===) 2 AS same, ARRAY[ROW('ok', 1)::a.pair]::a.pair[] AS list;
CREATE FUNCTION a.plus(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $2';
CREATE AGGREGATE a.mysum(int) (sfunc = a.plus, stype = int);
CREATE STATISTICS a.st ON id, n FROM a.users;
CREATE INDEX trg ON a.users USING gin ((name::text) ext.gin_trgm_ops);
CREATE TABLE "We.ird ""x"."T a.b" ("a.c" int PRIMARY KEY, "Select" text, "a" a.mood, r int REFERENCES a.users);
CREATE COLLATION a.coll (provider = libc, locale = 'C'); CREATE TABLE b.sorted (t text COLLATE a.coll);
CREATE FOREIGN DATA WRAPPER fdw; CREATE SERVER srv FOREIGN DATA WRAPPER fdw;
CREATE USER MAPPING FOR "Bob ""x" SERVER srv; CREATE FOREIGN TABLE a.ft (i int) SERVER srv OPTIONS (schema_name 'a');
CREATE TEXT SEARCH CONFIGURATION a.tsc (COPY = simple);
COMMENT ON TABLE a.users IS 'a.users is a table'; COMMENT ON COLUMN a.users.id IS 'its a.id';
COMMENT ON SCHEMA a IS 'a'; COMMENT ON FUNCTION a.next_two(a.pair, a.mood) IS 'two';
COMMENT ON OPERATOR a.=== (int, int) IS 'same'; COMMENT ON CONSTRAINT users_pkey ON a.users IS 'key';
GRANT ALL ON SCHEMA a TO alice; GRANT USAGE ON SCHEMA a TO "Bob ""x" WITH GRANT OPTION;
ALTER TABLE a.users OWNER TO alice; ALTER FUNCTION a.counted() OWNER TO "Bob ""x";
GRANT SELECT ON a.users TO "Bob ""x"; GRANT UPDATE (name) ON a.users TO "Bob ""x";
SET SESSION AUTHORIZATION "Bob ""x"; GRANT USAGE ON SCHEMA a TO carol; RESET SESSION AUTHORIZATION;
ALTER DEFAULT PRIVILEGES FOR ROLE alice IN SCHEMA a GRANT SELECT ON TABLES TO "Bob ""x";
INSERT INTO a.users (name) SELECT 'n' || g FROM generate_series(1, 20) g;
INSERT INTO b.orders (user_id, amount) SELECT g, g FROM generate_series(1, 20) g;
INSERT INTO a.log (at, who) VALUES ('2020-05-05', 1), ('2021-05-05', 2);
INSERT INTO b.log_notes VALUES (1, '2020-05-05', 'x'); INSERT INTO a.a VALUES (1, 'u');
INSERT INTO "We.ird ""x"."T a.b" VALUES (1, 'x', 'ok', 1);
REFRESH MATERIALIZED VIEW a.mv;
)sql";

class AdaptTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  static void SetUpTestSuite() {
    Cluster& cluster = Cluster::shared();
    cluster.create_database("source", "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    cluster.sql("source", kAdaptSchemaSql);
    folder() = std::make_unique<TempDirectory>();
    run_or_throw(pgark_command({"backup", "-q", "-d", cluster.conninfo("source"), "-o", archive()}));
  }
  static void TearDownTestSuite() {
    folder().reset();
    Cluster::shared().drop_database("source");
    Cluster::shared().sql("postgres", "DROP ROLE alice; DROP ROLE \"Bob \"\"x\"; DROP ROLE carol");
  }
  void SetUp() override { cluster_.create_database(copy_, "TEMPLATE template0"); }
  void TearDown() override { cluster_.drop_database(copy_); }

  static std::unique_ptr<TempDirectory>& folder() {
    static std::unique_ptr<TempDirectory> made;
    return made;
  }
  static std::string archive() { return (*folder() / "source.pgark").string(); }

  static Words joined(Words first, const Words& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
  }
  ProcessResult restore(const Words& options) {
    return run(pgark_command(joined({"restore", archive(), "-d", cluster_.conninfo(copy_)}, options)));
  }
  static std::string listing(const Words& options) {
    const ProcessResult result = run(pgark_command(joined({"restore", archive(), "--list"}, options)));
    EXPECT_TRUE(result.ok()) << result.describe();
    return result.out;
  }
  // pg_dump's, without its comments, where names are not quoted.
  std::string definitions(const std::string& database, const Words& arguments = {}) {
    std::istringstream text(cluster_.schema_text(database, arguments));
    std::string kept;
    for (std::string line; std::getline(text, line);) {
      if (!line.starts_with("--")) kept += line + "\n";
    }
    return kept;
  }
  std::string sql(const std::string& text) { return cluster_.sql(copy_, text); }
  void empty_copy() {
    cluster_.drop_database(copy_);
    cluster_.create_database(copy_, "TEMPLATE template0");
  }

  Cluster& cluster_ = Cluster::shared();
  const std::string copy_ = "copy";
};

}  // namespace pgark::test
