-- name: words
-- The raw JSON and the record of an event.
SELECT raw, record FROM lead JOIN raw ON raw.lead = lead.n WHERE lead.n = ?;

-- name: is_refined
-- Whether a lead is refined: one row if so.
SELECT 1 FROM refined WHERE lead = ?;

-- name: add_leads
-- Keep new events.
INSERT INTO main.lead (n, id, source, kind, captured_at, record, fate, why, joined) VALUES ();

-- name: add_raws
-- Keep the words of new events.
INSERT INTO main.raw (lead, raw, raw_sum, body, body_sum, media_type) VALUES ();

-- name: add_tasks
-- Put the first tasks of new leads, which have no such task yet.
INSERT INTO main.task (lead, step, put_at, due_at) VALUES ();

-- name: add_dead_tasks
-- Put the task of an unreadable event, as a dead letter.
INSERT INTO main.task (lead, step, put_at, due_at, dead_at, reason, error) VALUES ();

-- name: unreadable
-- An unreadable event, with the size of its body.
SELECT lead.n, source, captured_at, ifnull(length(body), 0)
FROM lead JOIN raw ON raw.lead = lead.n WHERE id = ? AND kind = 'unreadable';

-- name: say_what_it_is
-- Set the kind, record and fate of an event that is readable now.
UPDATE main.lead SET kind = ?, record = sealed(?, 'lead.record', n), fate = ?, why = sealed(?, 'lead.why', n)
WHERE n = ?;

-- name: say_its_words
-- Set its raw JSON.
UPDATE main.raw SET raw = sealed(?, 'raw.raw', lead), raw_sum = kept_sum(?) WHERE lead = ?;

-- name: join
-- Assign it (first value) to the lead of another event.
UPDATE main.lead SET joined = (SELECT coalesce(joined, n) FROM lead WHERE id = ?2) WHERE n = ?1;

-- name: end_refine_task
-- Remove its dead letter.
DELETE FROM main.task WHERE lead = ? AND step = 'refine';

-- name: end_refine_lease
-- End the lease of a lead's refinement, whose worker has not seen the latest update.
UPDATE main.task SET attempt = attempt + 1, leased = 0, due_at = put_at
WHERE lead = ? AND step = 'refine' AND leased <> 0 AND dead_at IS NULL;

-- name: filtered
-- Those of these events that were filtered out and belong to no lead.
SELECT n, id, source, record, captured_at FROM lead
WHERE fate = 'filtered' AND joined IS NULL AND id IN ();

-- name: fold_early
-- Assign an earlier event of its record to a lead (first value), with the events that belong to
-- that event.
UPDATE main.lead SET joined = ?1,
  fate = iif(kind = 'updated', 'folded', fate), why = iif(kind = 'updated', '', why)
WHERE (n = ?2 OR joined = ?2) AND n <> ?1;

-- name: readmit
-- Make leads of events that were filtered out.
UPDATE main.lead SET fate = 'captured', why = '' WHERE n IN ();
