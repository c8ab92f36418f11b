-- F38: text search parsers, templates, dictionaries and configurations with odd names and options.
CREATE SCHEMA f38_ts;
CREATE TEXT SEARCH PARSER f38_ts."Pars er" (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
  LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH PARSER f38_ts.p2 (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
  LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE f38_ts.tmpl (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH TEMPLATE f38_ts.no_init (LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY f38_ts."Dict" (TEMPLATE = f38_ts.tmpl, STOPWORDS = 'english', Accept = false);
CREATE TEXT SEARCH DICTIONARY f38_ts.snow (TEMPLATE = snowball, LANGUAGE = 'english');
CREATE TEXT SEARCH DICTIONARY f38_ts.plain (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION f38_ts.cfg (PARSER = f38_ts."Pars er");
ALTER TEXT SEARCH CONFIGURATION f38_ts.cfg ADD MAPPING FOR word, asciiword WITH f38_ts."Dict", simple, f38_ts.snow;
ALTER TEXT SEARCH CONFIGURATION f38_ts.cfg ADD MAPPING FOR numword WITH f38_ts.snow;
CREATE TEXT SEARCH CONFIGURATION f38_ts.copied (COPY = english);
CREATE TEXT SEARCH CONFIGURATION f38_ts.empty (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION f38_ts.cfg OWNER TO trap_r1;
ALTER TEXT SEARCH DICTIONARY f38_ts.snow OWNER TO trap_r1;
COMMENT ON TEXT SEARCH PARSER f38_ts."Pars er" IS 'parser';
COMMENT ON TEXT SEARCH TEMPLATE f38_ts.tmpl IS 'template';
COMMENT ON TEXT SEARCH DICTIONARY f38_ts."Dict" IS 'dictionary';
COMMENT ON TEXT SEARCH CONFIGURATION f38_ts.cfg IS 'configuration';
CREATE TABLE f38_ts.docs (id int, body text, v tsvector GENERATED ALWAYS AS (to_tsvector('f38_ts.cfg', body)) STORED);
INSERT INTO f38_ts.docs VALUES (1, 'The quick foxes', DEFAULT);
CREATE INDEX ON f38_ts.docs USING gin (to_tsvector('f38_ts.copied', body));
