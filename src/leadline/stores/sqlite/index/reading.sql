-- name: entries
-- Leads and other events, as rows of a list and what else the index keeps of them.
SELECT lead.n, lead.id, lead.captured_at, lead.source, {status} AS status, lead.why,
       refined.head, original.id, handling.body, refined.head_sum, handling.body_sum,
       EXISTS (SELECT 1 FROM alert WHERE alert.lead = lead.n AND step = 'notify'),
       EXISTS (SELECT 1 FROM task WHERE task.lead = lead.n AND dead_at IS NOT NULL),
       CASE WHEN refined.lead IS NULL AND lead.fate = 'captured' THEN
         (SELECT raw FROM raw WHERE raw.lead = lead.n)
       END
FROM lead LEFT JOIN refined ON refined.lead = lead.n
LEFT JOIN handling ON handling.lead = lead.n
LEFT JOIN lead original ON original.n = refined.duplicate_of
WHERE lead.n IN ();

-- name: new
-- The next events.
SELECT n FROM lead WHERE n > ? ORDER BY n LIMIT ?;

-- name: changed
-- The leads that changed, in the order of their changes.
SELECT n, lead FROM changed ORDER BY n LIMIT ?;

-- name: last_change
-- The number of the last change.
SELECT ifnull(max(n), 0) FROM changed;

-- name: changed_after
-- The leads of changes after one.
SELECT DISTINCT lead FROM changed WHERE n > ?;

-- name: taken
-- Take changes off.
DELETE FROM changed WHERE n <= ?;

-- name: id_of
-- The id of an event.
SELECT id FROM lead WHERE n = ?;

-- name: waiting
-- The last event, and the number of leads that changed.
SELECT ifnull((SELECT max(n) FROM lead), 0), (SELECT count(DISTINCT lead) FROM changed);
