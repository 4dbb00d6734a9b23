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
-- The earliest first due time of all tasks, in the future too: the first of those that were due before, whose
-- first due time is never later than the next, or of all others. The channels of alerts are found one
-- behind the other, so that no task that waits is read but the first of each.
WITH RECURSIVE told (channel) AS (
  SELECT min(channel) FROM main.task INDEXED BY task_due WHERE step = 'notify' AND dead_at IS NULL
  UNION ALL
  SELECT (SELECT min(channel) FROM main.task INDEXED BY task_due
          WHERE step = 'notify' AND dead_at IS NULL AND channel > told.channel)
  FROM told WHERE told.channel IS NOT NULL
)
SELECT min(first) FROM (
  SELECT min(first_due_at) AS first FROM main.task INDEXED BY task_first_due
  WHERE first_due_at IS NOT NULL AND dead_at IS NULL AND step IN ('refine', 'notify')
  UNION ALL
  SELECT min(due_at) FROM main.task INDEXED BY task_due
  WHERE step = 'refine' AND channel = '' AND dead_at IS NULL
  UNION ALL
  SELECT (SELECT min(due_at) FROM main.task INDEXED BY task_due
          WHERE step = 'notify' AND channel = told.channel AND dead_at IS NULL)
  FROM told WHERE told.channel IS NOT NULL
);
