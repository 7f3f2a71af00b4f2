-- Store — 存储: ledgers, projections, personal data, jobs, looks; who may see what. PostgreSQL 15 to 18, no extension.
--
-- Three rules hold everywhere:
--  * Tables are changed only by the functions below, which run as the owner and check who is acting. The application
--    role may read what row-level security shows it, and call them; it holds no INSERT, UPDATE, DELETE or TRUNCATE.
--  * Entries and looks are never changed, not even by the owner: triggers refuse. A superuser can switch triggers off;
--    that is found by `verify`, because every entry is covered by the chain of digests.
--  * Who is acting is told once per transaction by set_config(…, true): dangui.user, dangui.agency, dangui.principal.
--    After a transaction such a setting reads '' and not NULL, hence nullif everywhere; nobody is ever named ''.
--
-- Text is COLLATE "C" where it is sorted or compared, so that every database and the memory store order alike.

DO $$
BEGIN
    CREATE ROLE dangui_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database may have made it
END;
$$;
-- Whoever migrates may work as the application, so that one connection string can serve for both.
DO $$
BEGIN
    GRANT dangui_app TO CURRENT_USER;
EXCEPTION WHEN insufficient_privilege THEN
    NULL;  -- the administrator who made the role decides; see the production notes
END;
$$;

CREATE SCHEMA dangui;
GRANT USAGE ON SCHEMA dangui TO dangui_app;

-- The desk's own tables (accounts, logins) are made in "public" by the same owner; the application works with them.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO dangui_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO dangui_app;

-- The files of migrations/ this database has had.
CREATE TABLE dangui.migration (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON dangui.migration TO dangui_app;

-- Tables ------------------------------------------------------------------------------------------------------------

-- The ledgers. Times are text because the digest covers their characters; body is json, not jsonb, for the same reason.
CREATE TABLE dangui.entry (
    proceeding text COLLATE "C" NOT NULL,
    seq integer NOT NULL CHECK (seq > 0),
    kind text NOT NULL,
    body json NOT NULL,
    actor text NOT NULL,
    post text NOT NULL,
    occurred_at text NOT NULL,
    recorded_at text NOT NULL,
    pack text NOT NULL,
    previous text NOT NULL CHECK (length(previous) = 64),
    digest text NOT NULL CHECK (length(digest) = 64),
    CONSTRAINT entry_pkey PRIMARY KEY (proceeding, seq)
);

-- One line per proceeding for lists; derived from its ledger as it stood at seq.
CREATE TABLE dangui.proceeding_row (
    proceeding text COLLATE "C" PRIMARY KEY,
    case_id text COLLATE "C" NOT NULL,
    procedure text NOT NULL,
    agency text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
    stage text NOT NULL,
    stage_title json NOT NULL,
    procedure_title json NOT NULL,
    offence json,
    persons json NOT NULL,
    assigned json NOT NULL,
    opened_at timestamptz NOT NULL,
    closed boolean NOT NULL,
    due_at timestamptz,
    due_title json,
    due_liberty boolean NOT NULL,
    seq integer NOT NULL
);
CREATE INDEX proceeding_row_case ON dangui.proceeding_row (case_id);
CREATE INDEX proceeding_row_number ON dangui.proceeding_row (agency, number, proceeding);

-- Who may look at a proceeding. Repeats what lists sort by, so that a page of a list is one stretch of one index.
CREATE TABLE dangui.access (
    principal text COLLATE "C" NOT NULL CHECK (principal <> ''),
    proceeding text COLLATE "C" NOT NULL,
    scope text NOT NULL,
    closed boolean NOT NULL,
    due_at timestamptz NOT NULL,
    number text COLLATE "C" NOT NULL,
    PRIMARY KEY (proceeding, principal)
);
CREATE INDEX access_list ON dangui.access (principal, closed, due_at, proceeding);
CREATE INDEX access_number ON dangui.access (principal, number, proceeding);

-- What waits for somebody. sort_at is due_at, or infinity.
CREATE TABLE dangui.task (
    proceeding text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL CHECK (principal <> ''),
    kind text NOT NULL,
    ref text NOT NULL,
    title json NOT NULL,
    person text,
    due_at timestamptz,
    sort_at timestamptz NOT NULL,
    liberty boolean NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (proceeding, id)
);
CREATE INDEX task_list ON dangui.task (principal, sort_at, proceeding, id);
CREATE INDEX task_kind ON dangui.task (principal, kind);

-- Personal data, sealed under a key of its own. name_index is a keyed digest of the whole name: it finds a name that is
-- known, and gives none away. Parts of a name are not indexed, a surname alone would be guessed in no time.
CREATE TABLE dangui.person (
    id text COLLATE "C" PRIMARY KEY,
    case_id text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    name_index bytea
);
CREATE INDEX person_name ON dangui.person (name_index) WHERE name_index IS NOT NULL;

-- The keys of personal data, each wrapped by the node's secret; shredding destroys one and keeps the date.
CREATE TABLE dangui.person_key (
    person text COLLATE "C" PRIMARY KEY,
    wrapped bytea,
    shredded_at timestamptz,
    CHECK ((wrapped IS NULL) = (shredded_at IS NOT NULL))
);

CREATE TABLE dangui.proceeding_person (
    person text COLLATE "C" NOT NULL,
    proceeding text COLLATE "C" NOT NULL,
    PRIMARY KEY (proceeding, person)
);
CREATE INDEX proceeding_person_person ON dangui.proceeding_person (person, proceeding);

-- The last number given out in a series. The row lock of its UPDATE makes the series gapless: a rollback gives it back.
CREATE TABLE dangui.serial (
    agency text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (agency, kind, year)
);

-- What was answered to a request, so that the same request gets the same answer.
CREATE TABLE dangui.answer (
    principal text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    request text NOT NULL,
    result json NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT answer_pkey PRIMARY KEY (principal, key)
);

-- Work to do after the commit. A job stays until done, with the error of its last try; see adr/0010.
CREATE TABLE dangui.job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    args json NOT NULL,
    key text COLLATE "C" NOT NULL CONSTRAINT job_key UNIQUE,
    lock text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    error text NOT NULL DEFAULT '',
    waits boolean NOT NULL DEFAULT false,
    done_at timestamptz
);
CREATE INDEX job_waiting ON dangui.job (id) WHERE done_at IS NULL;
CREATE INDEX job_lock ON dangui.job (lock, id) WHERE done_at IS NULL;

-- The audit of reads.
CREATE TABLE dangui.look (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    agency text NOT NULL,
    post text NOT NULL,
    what text NOT NULL,
    proceeding text COLLATE "C",
    ref text NOT NULL,
    allowed boolean NOT NULL
);
CREATE INDEX look_proceeding ON dangui.look (proceeding, id);

-- Never changed ------------------------------------------------------------------------------------------------------

CREATE FUNCTION dangui.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what was recorded stays 已登记的内容不得修改或删除', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END;
$$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON dangui.entry
    FOR EACH STATEMENT EXECUTE FUNCTION dangui.refuse_change();
CREATE TRIGGER look_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON dangui.look
    FOR EACH STATEMENT EXECUTE FUNCTION dangui.refuse_change();

-- Who is acting --------------------------------------------------------------------------------------------------------

-- Both functions are parsed now and not when called, so that no search_path of a session bends what they mean.

-- The names the actor's grants stand under: agency/post and user:id.
CREATE FUNCTION dangui.principals() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY[nullif(current_setting('dangui.principal', true), ''),
                 'user:' || nullif(current_setting('dangui.user', true), '')];

-- The agency whose deliveries the actor makes, or NULL. The machine's post sees its own agency's proceedings by the
-- agency in their row, not by a grant: one equality here saves a grant per proceeding, and no pack can forget it.
CREATE FUNCTION dangui.inbox_agency() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN current_setting('dangui.principal', true) = current_setting('dangui.agency', true) || '/inbox'
                THEN nullif(current_setting('dangui.agency', true), '') END;

-- Whether the actor may see a proceeding. For the functions below; policies spell it out, to be planned with the query.
-- In PL/pgSQL, which keeps its plan for the session; a function in SQL is planned anew by every transaction.
CREATE FUNCTION dangui.sees(wanted text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM dangui.access
                   WHERE proceeding = wanted AND principal = ANY (dangui.principals()))
        OR EXISTS (SELECT FROM dangui.proceeding_row
                   WHERE proceeding = wanted AND agency = dangui.inbox_agency());
END;
$$;

-- What is seen --------------------------------------------------------------------------------------------------------

ALTER TABLE dangui.entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.proceeding_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.access ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.task ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.person_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.proceeding_person ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.serial ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.job ENABLE ROW LEVEL SECURITY;
ALTER TABLE dangui.look ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON dangui.entry, dangui.proceeding_row, dangui.access, dangui.task, dangui.person, dangui.person_key,
    dangui.proceeding_person, dangui.answer, dangui.look TO dangui_app;

-- Lists: equality with the session's names, which an index serves.
CREATE POLICY own ON dangui.access FOR SELECT TO dangui_app USING (principal = ANY (dangui.principals()));
CREATE POLICY own ON dangui.task FOR SELECT TO dangui_app USING (principal = ANY (dangui.principals()));
CREATE POLICY own ON dangui.answer FOR SELECT TO dangui_app
    USING (principal = nullif(current_setting('dangui.principal', true), ''));

-- Content: by key. A policy's sub-query is itself under the policies of its table, so each rule is said once.
CREATE POLICY granted ON dangui.proceeding_row FOR SELECT TO dangui_app USING (
    agency = dangui.inbox_agency()
    OR EXISTS (SELECT FROM dangui.access a WHERE a.proceeding = proceeding_row.proceeding));
CREATE POLICY granted ON dangui.entry FOR SELECT TO dangui_app USING (
    EXISTS (SELECT FROM dangui.access a WHERE a.proceeding = entry.proceeding)
    OR dangui.inbox_agency() IS NOT NULL
        AND EXISTS (SELECT FROM dangui.proceeding_row r WHERE r.proceeding = entry.proceeding));
CREATE POLICY granted ON dangui.proceeding_person FOR SELECT TO dangui_app USING (
    EXISTS (SELECT FROM dangui.proceeding_row r WHERE r.proceeding = proceeding_person.proceeding));
CREATE POLICY granted ON dangui.look FOR SELECT TO dangui_app USING (
    EXISTS (SELECT FROM dangui.proceeding_row r WHERE r.proceeding = look.proceeding));
CREATE POLICY granted ON dangui.person FOR SELECT TO dangui_app USING (
    EXISTS (SELECT FROM dangui.proceeding_row r WHERE r.case_id = person.case_id));
CREATE POLICY granted ON dangui.person_key FOR SELECT TO dangui_app USING (
    EXISTS (SELECT FROM dangui.person p WHERE p.id = person_key.person));

-- What is written ------------------------------------------------------------------------------------------------------

-- Refuses (42501) unless the actor may see the proceeding, or it is being opened by this very transaction.
CREATE FUNCTION dangui.must_write(wanted text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF dangui.sees(wanted) THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM dangui.entry WHERE proceeding = wanted AND xmin <> pg_current_xact_id()::xid)
        OR EXISTS (SELECT FROM dangui.proceeding_row WHERE proceeding = wanted AND xmin <> pg_current_xact_id()::xid)
    THEN
        RAISE EXCEPTION '% has no access to %', current_setting('dangui.principal', true), wanted
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('dangui.opens', 'yes', true);
END;
$$;

-- Adds entries after the head; the body of each is one of ``texts``, by its place. Raises DG001 if the head has moved; a
-- racing writer meets the primary key instead.
CREATE FUNCTION dangui.append(ledger jsonb, texts text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    target text := ledger->>'proceeding';
    before integer := (ledger->>'seq')::integer;
    link text;
    e jsonb;
BEGIN
    SELECT digest INTO link FROM dangui.entry WHERE proceeding = target AND seq = before;
    IF coalesce(link, repeat('0', 64)) <> ledger->>'previous' OR (link IS NULL) <> (before = 0) THEN
        RAISE EXCEPTION 'the head of % has moved', target USING ERRCODE = 'DG001';
    END IF;
    FOR i IN 0 .. jsonb_array_length(ledger->'entries') - 1 LOOP
        e := ledger->'entries'->i;
        INSERT INTO dangui.entry
            (proceeding, seq, kind, body, actor, post, occurred_at, recorded_at, pack, previous, digest)
        VALUES (target, (e->>'seq')::integer, e->>'kind', texts[(e->>'body')::integer]::json,
                current_setting('dangui.user'), current_setting('dangui.principal'),
                e->>'occurred_at', e->>'recorded_at', e->>'pack', e->>'previous', e->>'digest');
    END LOOP;
END;
$$;

-- The proceeding that a projection is of.
CREATE FUNCTION dangui.projected(projection jsonb) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN projection ? 'row' THEN projection->'row'->>'proceeding' ELSE projection->>'proceeding' END;

-- Replaces the lines that follow from one ledger, unless newer ones are there. Touches only lines that differ. With
-- ``since`` only the lines are given that differ from those of that sequence number, and those that are gone; raises
-- DG001 if what is here is not of that number. Where of the row itself nothing but ``seq`` differs, that is given in its
-- place; then no grant is given, because a grant repeats what stands in the row.
CREATE FUNCTION dangui.project(projection jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    line dangui.proceeding_row;
    since integer := (projection->>'since')::integer;
BEGIN
    IF projection ? 'row' THEN
        line := jsonb_populate_record(NULL::dangui.proceeding_row, projection->'row');
    ELSE
        line.proceeding := dangui.projected(projection);
    END IF;
    IF since IS NULL THEN
        INSERT INTO dangui.proceeding_row AS old SELECT (line).*
        ON CONFLICT (proceeding) DO UPDATE SET
            case_id = line.case_id, procedure = line.procedure, agency = line.agency, number = line.number,
            stage = line.stage, stage_title = line.stage_title, procedure_title = line.procedure_title,
            offence = line.offence, persons = line.persons, assigned = line.assigned, opened_at = line.opened_at,
            closed = line.closed, due_at = line.due_at, due_title = line.due_title, due_liberty = line.due_liberty,
            seq = line.seq
        WHERE old.seq <= line.seq;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        DELETE FROM dangui.access WHERE proceeding = line.proceeding
            AND principal NOT IN (SELECT g->>'principal' FROM jsonb_array_elements(projection->'grants') AS g);
        DELETE FROM dangui.task WHERE proceeding = line.proceeding
            AND id NOT IN (SELECT t->>'id' FROM jsonb_array_elements(projection->'tasks') AS t);
        DELETE FROM dangui.proceeding_person WHERE proceeding = line.proceeding
            AND person NOT IN (SELECT json_array_elements_text(line.persons));
        INSERT INTO dangui.proceeding_person (person, proceeding)
        SELECT json_array_elements_text(line.persons), line.proceeding ON CONFLICT DO NOTHING;
    ELSE
        IF projection ? 'row' THEN
            UPDATE dangui.proceeding_row SET
                number = line.number, stage = line.stage, stage_title = line.stage_title, offence = line.offence,
                assigned = line.assigned, closed = line.closed, due_at = line.due_at, due_title = line.due_title,
                due_liberty = line.due_liberty, seq = line.seq
            WHERE proceeding = line.proceeding AND seq = since;
        ELSE
            UPDATE dangui.proceeding_row SET seq = (projection->>'seq')::integer
            WHERE proceeding = line.proceeding AND seq = since;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the lines of % are not those of %', line.proceeding, since USING ERRCODE = 'DG001';
        END IF;
        IF projection ? 'grants_gone' THEN
            DELETE FROM dangui.access WHERE proceeding = line.proceeding
                AND principal IN (SELECT jsonb_array_elements_text(projection->'grants_gone'));
        END IF;
        IF projection ? 'tasks_gone' THEN
            DELETE FROM dangui.task WHERE proceeding = line.proceeding
                AND id IN (SELECT jsonb_array_elements_text(projection->'tasks_gone'));
        END IF;
    END IF;

    IF projection->'grants' <> '[]' THEN
        INSERT INTO dangui.access AS old (principal, proceeding, scope, closed, due_at, number)
        SELECT g.principal, line.proceeding, g.scope, line.closed, coalesce(line.due_at, 'infinity'), line.number
        FROM jsonb_to_recordset(projection->'grants') AS g(principal text, scope text)
        ON CONFLICT (proceeding, principal) DO UPDATE SET
            scope = excluded.scope, closed = excluded.closed, due_at = excluded.due_at, number = excluded.number
        WHERE (old.scope, old.closed, old.due_at, old.number)
            IS DISTINCT FROM (excluded.scope, excluded.closed, excluded.due_at, excluded.number);
    END IF;

    IF projection->'tasks' <> '[]' THEN
        INSERT INTO dangui.task AS old
            (proceeding, id, principal, kind, ref, title, person, due_at, sort_at, liberty, since)
        SELECT line.proceeding, t.id, t.principal, t.kind, t.ref, t.title, t.person, t.due_at,
               coalesce(t.due_at, 'infinity'), t.liberty, t.since
        FROM jsonb_to_recordset(projection->'tasks') AS t(id text, principal text, kind text, ref text, title json,
                                                          person text, due_at timestamptz, liberty boolean,
                                                          since timestamptz)
        ON CONFLICT (proceeding, id) DO UPDATE SET
            principal = excluded.principal, kind = excluded.kind, ref = excluded.ref, title = excluded.title,
            person = excluded.person, due_at = excluded.due_at, sort_at = excluded.sort_at, liberty = excluded.liberty,
            since = excluded.since
        WHERE (old.principal, old.kind, old.ref, old.title::text, old.person, old.sort_at, old.liberty, old.since)
            IS DISTINCT FROM (excluded.principal, excluded.kind, excluded.ref, excluded.title::text, excluded.person,
                              excluded.sort_at, excluded.liberty, excluded.since);
    END IF;
END;
$$;

-- Stores a sealed personal record: of a case that is new or that the actor sees, or while opening a proceeding of it.
-- Raises DG002 if its key was destroyed, 42501 if its case is another's.
CREATE FUNCTION dangui.put_person(given json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted text := given->>'id';
    its_case text := given->>'case_id';
BEGIN
    IF EXISTS (SELECT FROM dangui.person WHERE id = wanted AND case_id <> its_case)
        OR (current_setting('dangui.opens', true) IS DISTINCT FROM 'yes'
            AND EXISTS (SELECT FROM dangui.proceeding_row WHERE case_id = its_case)
            AND NOT EXISTS (SELECT FROM dangui.proceeding_row r WHERE r.case_id = its_case AND dangui.sees(r.proceeding)))
    THEN
        RAISE EXCEPTION 'person % belongs to a case that % may not see', wanted,
            current_setting('dangui.principal', true) USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO dangui.person_key AS old (person, wrapped) VALUES (wanted, decode(given->>'wrapped', 'hex'))
    ON CONFLICT (person) DO UPDATE SET wrapped = excluded.wrapped WHERE old.shredded_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%', wanted USING ERRCODE = 'DG002';
    END IF;
    INSERT INTO dangui.person (id, case_id, sealed, name_index)
    VALUES (wanted, its_case, decode(given->>'sealed', 'hex'), decode(given->>'name_index', 'hex'))
    ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, name_index = excluded.name_index;
END;
$$;

-- Queues a job. The same key is the same work, for ever, also when it is done; raises DG003 if it names other work.
CREATE FUNCTION dangui.enqueue(wanted jsonb, texts text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    given text := texts[(wanted->>'args')::integer];
BEGIN
    INSERT INTO dangui.job (name, args, key, lock, due_at)
    VALUES (wanted->>'name', given::json, wanted->>'key', wanted->>'lock', (wanted->>'due_at')::timestamptz)
    ON CONFLICT (key) DO NOTHING;
    IF NOT FOUND AND NOT EXISTS (
        SELECT FROM dangui.job WHERE key = wanted->>'key' AND name = wanted->>'name'
            AND (done_at IS NOT NULL OR args::text = given))
    THEN
        RAISE EXCEPTION '%', wanted->>'key' USING ERRCODE = 'DG003';
    END IF;
END;
$$;

-- Everything one transaction writes, in one call: {ledgers, persons, projections, jobs, answers, looks}. The bodies of
-- entries and the arguments of jobs are ``texts``, named by their places, because their very characters are kept.
CREATE FUNCTION dangui.write(batch jsonb, texts text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dangui, pg_temp AS $$
DECLARE
    me text := nullif(current_setting('dangui.principal', true), '');
    targets text[] := '{}';
    target text;
    part jsonb;
BEGIN
    IF me IS NULL OR nullif(current_setting('dangui.user', true), '') IS NULL THEN
        RAISE EXCEPTION 'nobody is acting' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- All of it is checked before anything is written: a proceeding being opened has no lines yet.
    FOR i IN 0 .. jsonb_array_length(coalesce(batch->'ledgers', '[]')) - 1 LOOP
        targets := targets || (batch->'ledgers'->i->>'proceeding');
        PERFORM dangui.must_write(targets[i + 1]);
    END LOOP;
    FOR i IN 0 .. jsonb_array_length(coalesce(batch->'projections', '[]')) - 1 LOOP
        target := dangui.projected(batch->'projections'->i);
        IF array_position(targets, target) IS NULL THEN
            PERFORM dangui.must_write(target);
        END IF;
    END LOOP;
    -- Nobody but the machine that delivers opens a proceeding into a case that he may not see.
    IF current_setting('dangui.opens', true) = 'yes' THEN
        IF dangui.inbox_agency() IS NULL AND EXISTS (
            SELECT FROM jsonb_path_query(batch, '$.projections[*].row') AS line
            WHERE NOT EXISTS (SELECT FROM dangui.proceeding_row r WHERE r.proceeding = line->>'proceeding')
                AND EXISTS (SELECT FROM dangui.proceeding_row r WHERE r.case_id = line->>'case_id'
                            AND r.xmin <> pg_current_xact_id()::xid)
                AND NOT EXISTS (SELECT FROM dangui.proceeding_row r WHERE r.case_id = line->>'case_id'
                                AND dangui.sees(r.proceeding)))
        THEN
            RAISE EXCEPTION '% opens a proceeding into a case of others', me USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    FOR i IN 0 .. jsonb_array_length(coalesce(batch->'ledgers', '[]')) - 1 LOOP
        PERFORM dangui.append(batch->'ledgers'->i, texts);
    END LOOP;
    FOR i IN 0 .. jsonb_array_length(coalesce(batch->'persons', '[]')) - 1 LOOP
        PERFORM dangui.put_person((batch->'persons'->i)::json);
    END LOOP;
    FOR i IN 0 .. jsonb_array_length(coalesce(batch->'projections', '[]')) - 1 LOOP
        PERFORM dangui.project(batch->'projections'->i);
    END LOOP;
    FOR i IN 0 .. jsonb_array_length(coalesce(batch->'jobs', '[]')) - 1 LOOP
        PERFORM dangui.enqueue(batch->'jobs'->i, texts);
    END LOOP;
    FOR i IN 0 .. jsonb_array_length(coalesce(batch->'answers', '[]')) - 1 LOOP
        part := batch->'answers'->i;
        INSERT INTO dangui.answer (principal, key, request, result)
        VALUES (me, part->>'key', part->>'request', (part->'result')::json);
    END LOOP;
    FOR i IN 0 .. jsonb_array_length(coalesce(batch->'looks', '[]')) - 1 LOOP
        part := batch->'looks'->i;
        INSERT INTO dangui.look (at, actor, agency, post, what, proceeding, ref, allowed)
        VALUES ((part->>'at')::timestamptz, current_setting('dangui.user'), current_setting('dangui.agency'),
                substr(me, length(current_setting('dangui.agency')) + 2), part->>'what', part->>'proceeding',
                part->>'ref', (part->>'allowed')::boolean);
    END LOOP;
END;
$$;

-- The next number of the actor's own agency's series; its row is locked until the transaction ends.
CREATE FUNCTION dangui.next_serial(wanted_agency text, wanted_kind text, wanted_year integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dangui, pg_temp AS $$
DECLARE
    given integer;
BEGIN
    IF wanted_agency IS DISTINCT FROM nullif(current_setting('dangui.agency', true), '') THEN
        RAISE EXCEPTION 'a number of % taken by another agency', wanted_agency USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO dangui.serial AS old (agency, kind, year, last) VALUES (wanted_agency, wanted_kind, wanted_year, 1)
    ON CONFLICT (agency, kind, year) DO UPDATE SET last = old.last + 1
    RETURNING last INTO given;
    RETURN given;
END;
$$;

-- A ledger ------------------------------------------------------------------------------------------------------------

-- The entries of a proceeding after a sequence number, if the actor may see it: asked once, and not once per entry as
-- the policy of the table must.
CREATE FUNCTION dangui.ledger(wanted text, after integer) RETURNS SETOF dangui.entry
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dangui, pg_temp ROWS 60 AS $$
    SELECT * FROM dangui.entry WHERE proceeding = wanted AND seq > after AND dangui.sees(wanted) ORDER BY seq
$$;

-- Search --------------------------------------------------------------------------------------------------------------

-- Proceedings the actor may see whose number lies in [low, high) or one of whose persons bears the name, by number.
-- Runs as the owner and carries the access rule itself, so that the indexes serve it.
CREATE FUNCTION dangui.find(low text, high text, name bytea, after_number text, after_proceeding text, most integer)
RETURNS TABLE (number text, proceeding text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = dangui, pg_temp AS $$
    SELECT found.number, found.proceeding FROM (
        SELECT a.number, a.proceeding FROM unnest(dangui.principals()) AS me(name) CROSS JOIN LATERAL (
            SELECT access.number, access.proceeding FROM dangui.access
            WHERE access.principal = me.name AND access.number >= low AND access.number < high
                AND (access.number, access.proceeding) > (after_number, after_proceeding)
            ORDER BY access.number, access.proceeding LIMIT most) AS a
        UNION
        (SELECT r.number, r.proceeding FROM dangui.proceeding_row r
         WHERE r.agency = dangui.inbox_agency() AND r.number >= low AND r.number < high
             AND (r.number, r.proceeding) > (after_number, after_proceeding)
         ORDER BY r.number, r.proceeding LIMIT most)
        UNION
        SELECT r.number, r.proceeding FROM dangui.person p
            JOIN dangui.proceeding_person pp ON pp.person = p.id
            JOIN dangui.proceeding_row r ON r.proceeding = pp.proceeding
        WHERE p.name_index = name AND (r.number, r.proceeding) > (after_number, after_proceeding)
            AND dangui.sees(r.proceeding)
    ) AS found ORDER BY 1, 2 LIMIT most
$$;

-- Work of the machine ---------------------------------------------------------------------------------------------------

-- Refuses (42501) when somebody is acting: what follows is the worker's, or the operator's.
CREATE FUNCTION dangui.must_be_nobody() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF nullif(current_setting('dangui.principal', true), '') IS NOT NULL THEN
        RAISE EXCEPTION 'not for %', current_setting('dangui.principal', true) USING ERRCODE = 'insufficient_privilege';
    END IF;
END;
$$;

-- The oldest due job whose lock no older job holds; locked until the transaction ends, so a worker that dies frees it.
CREATE FUNCTION dangui.take_job(moment timestamptz) RETURNS SETOF dangui.job
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dangui, pg_temp AS $$
BEGIN
    PERFORM dangui.must_be_nobody();
    RETURN QUERY SELECT * FROM dangui.job j
        WHERE j.done_at IS NULL AND j.due_at <= moment AND (j.waits OR NOT EXISTS (
            SELECT FROM dangui.job older
            WHERE older.lock = j.lock AND older.lock <> '' AND older.id < j.id AND older.done_at IS NULL
                AND NOT older.waits))
        ORDER BY j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED;
END;
$$;

-- Ends the try of a job taken in this transaction: done, or with an error and the moment of the next try. One that only
-- waits holds its lock no longer: what it waits for may be brought by a later job of the same case.
CREATE FUNCTION dangui.end_job(wanted bigint, moment timestamptz, failure text, again_at timestamptz,
                               only_waits boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dangui, pg_temp AS $$
BEGIN
    PERFORM dangui.must_be_nobody();
    IF failure = '' THEN
        -- What a job was about stands in the ledgers. Here it is dropped, for it may hold names in plain text.
        UPDATE dangui.job SET done_at = moment, args = 'null', error = '' WHERE id = wanted;
    ELSE
        UPDATE dangui.job SET attempts = attempts + 1, error = failure, due_at = again_at,
            waits = only_waits
        WHERE id = wanted;
    END IF;
END;
$$;

-- Jobs not done yet: those that failed first, then by age.
CREATE FUNCTION dangui.jobs_waiting(most integer) RETURNS SETOF dangui.job
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = dangui, pg_temp AS $$
BEGIN
    PERFORM dangui.must_be_nobody();
    RETURN QUERY SELECT * FROM dangui.job j WHERE j.done_at IS NULL ORDER BY j.attempts = 0, j.id LIMIT most;
END;
$$;

-- Destroys the key of a personal record and the digest of its name. What is left of it can be read by nobody.
CREATE FUNCTION dangui.shred(wanted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = dangui, pg_temp AS $$
BEGIN
    PERFORM dangui.must_be_nobody();
    INSERT INTO dangui.person_key (person, shredded_at) VALUES (wanted, now())
    ON CONFLICT (person) DO UPDATE SET wrapped = NULL, shredded_at = coalesce(person_key.shredded_at, now());
    UPDATE dangui.person SET sealed = '', name_index = NULL WHERE id = wanted;
END;
$$;

-- Who may call what -----------------------------------------------------------------------------------------------------

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dangui FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    dangui.principals(), dangui.inbox_agency(), dangui.write(jsonb, text[]), dangui.next_serial(text, text, integer),
    dangui.ledger(text, integer), dangui.find(text, text, bytea, text, text, integer), dangui.take_job(timestamptz),
    dangui.end_job(bigint, timestamptz, text, timestamptz, boolean), dangui.jobs_waiting(integer), dangui.shred(text)
    TO dangui_app;
