-- name: numbers
-- The row numbers of leads, by id.
SELECT id, n FROM lead WHERE id IN ();

-- name: last_number
-- The highest row number of a lead; 0 in an empty file.
SELECT coalesce(max(n), 0) FROM lead;

-- name: put
-- Write tasks. One that exists starts again, also if it is dead; an alert that is leased stays
-- unchanged. A live one that is put for now keeps its first due time.
INSERT INTO main.task (lead, step, channel, again, put_at, due_at) VALUES ()
ON CONFLICT (lead, step, channel) DO UPDATE SET
  first_due_at = CASE WHEN dead_at IS NULL AND excluded.due_at <= excluded.put_at
                      THEN min(coalesce(first_due_at, due_at), excluded.due_at) END,
  put_at = excluded.put_at, due_at = excluded.due_at, attempt = attempt + 1,
  again = excluded.again, failures = 0, leased = 0, error = '', dead_at = NULL, reason = NULL
WHERE step <> 'notify' OR leased = 0 OR dead_at IS NOT NULL OR excluded.again;

-- name: add_history
-- Add lines to the history of leads.
INSERT INTO main.history (lead, at, what, detail) VALUES ();

-- name: add_counts
-- Add to the running counts.
INSERT INTO tally (day, source, what, count) VALUES ()
ON CONFLICT DO UPDATE SET count = count + excluded.count;

-- name: untold_since
-- The earliest first due time of a task that is late.
SELECT min(coalesce(first_due_at, due_at)) FROM task
WHERE step IN ('refine', 'notify') AND dead_at IS NULL AND coalesce(first_due_at, due_at) <= ?;
