-- name: untouched
-- Those of these leads that wait as they have since their capture, with their sources and the ends
-- of their waits.
SELECT lead.id, lead.n, source, due_at FROM lead JOIN task ON task.lead = lead.n AND step = 'refine'
WHERE attempt = 0 AND leased = 0 AND dead_at IS NULL AND id IN ();

-- name: end_wait
-- Let a lead be refined now, if its wait is not over, and before others.
UPDATE main.task SET attempt = 1, hot = 1, due_at = min(due_at, ?1)
WHERE lead = ?2 AND step = 'refine';
