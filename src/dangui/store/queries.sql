-- Every query the stores send, by name. What writes is in the functions of migrations/.

-- begin_reading --
-- One consistent view for one actor; a look may be written in it.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT set_config('dangui.user', %(user)s, true), set_config('dangui.agency', %(agency)s, true),
       set_config('dangui.principal', %(principal)s, true)

-- begin_writing --
-- Read committed, so that writers of one series of numbers queue instead of failing; the head check guards the rest.
BEGIN;
SELECT set_config('dangui.user', %(user)s, true), set_config('dangui.agency', %(agency)s, true),
       set_config('dangui.principal', %(principal)s, true)

-- write --
-- Everything written so far, before something is read again.
SELECT dangui.write(%(batch)s, %(texts)s)

-- write_and_commit --
-- Everything written, and the end of the transaction, in one trip.
SELECT dangui.write(%(batch)s, %(texts)s);
COMMIT

-- enter --
-- A whole transaction in one statement, which commits by itself: who acts, and everything he writes. CASE is what makes
-- PostgreSQL do the one before the other.
SELECT CASE WHEN set_config('dangui.user', $1, true) || set_config('dangui.agency', $2, true)
                 || set_config('dangui.principal', $3, true) IS NOT NULL
            THEN dangui.write($4, $5) END

-- head --
-- The end of a ledger.
SELECT seq, digest FROM dangui.entry WHERE proceeding = %(proceeding)s ORDER BY seq DESC LIMIT 1

-- entries --
-- A ledger after a sequence number, in order.
SELECT proceeding, seq, kind, body::text, actor, post, occurred_at, recorded_at, pack, previous, digest
FROM dangui.ledger(%(proceeding)s, %(after)s)

-- rows --
-- Lines of the proceedings named.
SELECT * FROM dangui.proceeding_row WHERE proceeding = ANY (%(proceedings)s) ORDER BY proceeding

-- rows_of_case --
-- Lines of one case.
SELECT * FROM dangui.proceeding_row WHERE case_id = %(case_id)s ORDER BY proceeding

-- scopes --
-- The actor's grants on one proceeding; the machine has its own agency's in full.
SELECT scope FROM dangui.access WHERE proceeding = %(proceeding)s
UNION ALL
SELECT 'full' FROM dangui.proceeding_row
WHERE proceeding = %(proceeding)s AND agency = dangui.inbox_agency()

-- list_rows --
-- Open proceedings of one principal, nearest deadline first, from a key on: one stretch of access_list.
SELECT r.* FROM dangui.access a JOIN dangui.proceeding_row r USING (proceeding)
WHERE a.principal = %(principal)s AND a.closed = false
    AND (a.due_at, a.proceeding) > (%(due)s::timestamptz, %(proceeding)s)
ORDER BY a.due_at, a.proceeding LIMIT %(limit)s

-- find --
-- Lines found by number or name, by number.
SELECT r.* FROM dangui.find(%(low)s, %(high)s, %(name)s, %(number)s, %(proceeding)s, %(limit)s) AS found
    JOIN dangui.proceeding_row r USING (proceeding)
ORDER BY r.number, r.proceeding

-- tasks --
-- Tasks of some principals, nearest deadline first: one stretch of task_list for each, then merged.
SELECT id, principal, kind, proceeding, ref, title, person, due_at, liberty, since
FROM unnest(%(principals)s::text[]) AS me(name) CROSS JOIN LATERAL (
    SELECT id, principal, kind, proceeding, ref, title, person, due_at, liberty, since, sort_at FROM dangui.task
    WHERE principal = me.name AND (sort_at, proceeding, id) > (%(due)s::timestamptz, %(proceeding)s, %(id)s)
        AND (%(kind)s::text = '' OR kind = %(kind)s::text)
    ORDER BY sort_at, proceeding, id LIMIT %(limit)s) AS t
ORDER BY t.sort_at, t.proceeding, t.id LIMIT %(limit)s

-- count_tasks --
-- Tasks per kind, counted no further than needed.
SELECT kind.name, counted.tasks FROM unnest(%(kinds)s::text[]) AS kind(name) CROSS JOIN LATERAL (
    SELECT count(*) AS tasks FROM (
        SELECT FROM dangui.task WHERE principal = ANY (%(principals)s::text[]) AND task.kind = kind.name
        LIMIT %(most)s) AS few) AS counted
WHERE counted.tasks > 0

-- persons --
-- Sealed personal records with their wrapped keys; a shredded one is not there.
SELECT p.id, p.case_id, p.sealed, k.wrapped FROM dangui.person p JOIN dangui.person_key k ON k.person = p.id
WHERE p.id = ANY (%(ids)s) AND k.wrapped IS NOT NULL

-- looks --
-- Looks at one proceeding, oldest first.
SELECT at, actor, agency, post, what, proceeding, ref, allowed FROM dangui.look
WHERE proceeding = %(proceeding)s ORDER BY id OFFSET %(after)s LIMIT %(limit)s

-- next_serial --
-- The next number of a series.
SELECT dangui.next_serial(%(agency)s, %(kind)s, %(year)s)

-- answer --
-- What was answered to a request of the actor's post.
SELECT request, result FROM dangui.answer WHERE key = %(key)s

-- take_job --
-- The next due job, held until the transaction ends.
SELECT id, name, args, key, lock, attempts FROM dangui.take_job(%(now)s)

-- end_job --
-- The end of one try.
SELECT dangui.end_job(%(id)s, %(now)s, %(error)s, %(again)s, %(waits)s)

-- jobs_waiting --
-- Jobs not done yet: those that failed first, then by age.
SELECT name, args, key, lock, attempts, error, due_at FROM dangui.jobs_waiting(%(limit)s)

-- shred --
-- Destroys the key of a personal record.
SELECT dangui.shred(%(person)s)

-- all_ledgers --
-- Proceedings that have a ledger, in order, from a key on. For the owner.
SELECT DISTINCT proceeding FROM dangui.entry WHERE proceeding > %(after)s ORDER BY proceeding LIMIT %(limit)s

-- ledgers_behind --
-- Proceedings whose line is missing or older than their ledger. For the owner.
SELECT e.proceeding FROM dangui.entry e LEFT JOIN dangui.proceeding_row r USING (proceeding)
WHERE e.proceeding > %(after)s GROUP BY e.proceeding, r.seq
HAVING max(e.seq) > coalesce(r.seq, 0) ORDER BY e.proceeding LIMIT %(limit)s

-- whole_ledgers --
-- The ledgers of some proceedings, with the very characters of each body. For the owner.
SELECT proceeding, seq, kind, body::text, actor, post, occurred_at, recorded_at, pack, previous, digest
FROM dangui.entry WHERE proceeding = ANY (%(proceedings)s) ORDER BY proceeding, seq

-- projected_heads --
-- Up to where each ledger was projected. For the owner.
SELECT proceeding, seq FROM dangui.proceeding_row WHERE proceeding > %(after)s ORDER BY proceeding LIMIT %(limit)s

-- project --
-- One projection of a rebuild. For the owner.
SELECT dangui.project(%(projection)s)
