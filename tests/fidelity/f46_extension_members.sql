-- database: trap_extension_members
-- reports: lost COMMENT table public.member
-- reports: lost COMMENT table column public.member.b
-- reports: lost COMMENT view public.pg_stat_statements
-- reports: lost CONSTRAINT positive on public.member
-- reports: lost DEFAULT for public.member.b
-- reports: lost INDEX public.member_b
-- reports: lost POLICY own_rows on public.member
-- reports: lost RULE nothing on public.member
-- reports: lost STATISTICS public.member_ab
-- reports: lost TRIGGER noted on public.member
-- reports: lost TRIGGER noted on public.pg_stat_statements
-- F46: what a user hangs on the members of an extension. CREATE EXTENSION will not make it again, and neither does a restore:
-- each is named. (A table that was added to an extension is the extension's, and goes with it.)
CREATE EXTENSION pg_stat_statements;
CREATE TABLE public.member (a int, b text);
ALTER EXTENSION pg_stat_statements ADD TABLE public.member;
CREATE FUNCTION public.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
COMMENT ON TABLE public.member IS 'a user''s';
COMMENT ON COLUMN public.member.b IS 'a user''s';
COMMENT ON VIEW public.pg_stat_statements IS 'a user''s';
ALTER TABLE public.member ADD CONSTRAINT positive CHECK (a > 0);
ALTER TABLE public.member ALTER b SET DEFAULT 'x';
CREATE INDEX member_b ON public.member (b);
CREATE POLICY own_rows ON public.member USING (b = current_user);
CREATE RULE nothing AS ON DELETE TO public.member DO INSTEAD NOTHING;
CREATE STATISTICS public.member_ab ON a, b FROM public.member;
CREATE TRIGGER noted BEFORE INSERT ON public.member FOR EACH ROW EXECUTE FUNCTION public.noted();
CREATE TRIGGER noted INSTEAD OF INSERT ON public.pg_stat_statements FOR EACH ROW EXECUTE FUNCTION public.noted();
-- What uses members and is not one of them is the user's.
CREATE VIEW public.calls AS SELECT calls FROM public.pg_stat_statements;
COMMENT ON VIEW public.calls IS 'saved';
