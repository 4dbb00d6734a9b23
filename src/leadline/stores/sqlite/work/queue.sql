-- name: any_due
-- Whether a task of a step and channel is due: one row if so.
SELECT 1 FROM task
WHERE step = ? AND channel = ? AND dead_at IS NULL AND due_at <= ? LIMIT 1;

-- name: due
-- Tasks of a step and channel that are due, longest due first, counted as one attempt more; a
-- lease that ran out (`leased` is not 0) counts as a failure.
SELECT task.lead, lead.id, again, attempt + 1, failures + (leased <> 0), leased, error, due_at, 0
FROM task JOIN lead ON lead.n = task.lead
WHERE step = ? AND channel = ? AND dead_at IS NULL AND due_at <= ? AND hot = 0
ORDER BY due_at LIMIT ?;

-- name: hot_due
-- As `due`, those of hot leads, which come before all others.
SELECT task.lead, lead.id, again, attempt + 1, failures + (leased <> 0), leased, error, due_at, -1
FROM task JOIN lead ON lead.n = task.lead
WHERE step = ? AND channel = ? AND hot = 1 AND dead_at IS NULL AND due_at <= ?
ORDER BY due_at LIMIT ?;

-- name: due_among
-- The leads whose tasks of a step and channel are due, longest due first: those of the sources in a
-- JSON list (1), or all others (0).
SELECT task.lead FROM task JOIN lead ON lead.n = task.lead
WHERE step = ? AND channel = ? AND dead_at IS NULL AND due_at <= ?
  AND (source IN (SELECT value FROM json_each(?))) = ? AND hot = 0
ORDER BY due_at LIMIT ?;

-- name: hot_due_among
-- As `due_among`, those of hot leads.
SELECT task.lead FROM task JOIN lead ON lead.n = task.lead
WHERE step = ? AND channel = ? AND hot = 1 AND dead_at IS NULL AND due_at <= ?
  AND (source IN (SELECT value FROM json_each(?))) = ?
ORDER BY due_at LIMIT ?;

-- name: still_due
-- As `due`, for given leads.
SELECT task.lead, lead.id, again, attempt + 1, failures + (leased <> 0), leased, error, due_at, -hot
FROM task JOIN lead ON lead.n = task.lead
WHERE step = ? AND channel = ? AND dead_at IS NULL AND due_at <= ? AND task.lead IN ();

-- name: lease
-- Lease tasks of a step and channel to a process until a time.
UPDATE main.task SET attempt = attempt + 1, failures = failures + (leased <> 0),
                first_due_at = coalesce(first_due_at, due_at), leased = ?, put_at = ?, due_at = ?
WHERE step = ? AND channel = ? AND lead IN ();

-- name: next_due
-- When the next task of a step and channel is due.
SELECT min(due_at) FROM task WHERE step = ? AND channel = ? AND dead_at IS NULL;

-- name: count_due
-- How many tasks of a step and channel are due.
SELECT count(*) FROM task
WHERE step = ? AND channel = ? AND dead_at IS NULL AND due_at <= ?;

-- name: rebase_tasks
-- After the clock was set back: tasks put in the future get the same wait from now.
UPDATE main.task SET due_at = ?1 + (due_at - put_at), put_at = ?1,
                first_due_at = CASE WHEN first_due_at <= ?1 THEN first_due_at END
WHERE put_at > ?1 AND dead_at IS NULL;

-- name: rebase_pauses
-- After the clock was set back: end pauses of channels.
UPDATE channel SET free_at = ?1 WHERE free_at > ?1;

-- name: rebase_trouble
-- After the clock was set back: failures that began in the future began now.
UPDATE channel SET failing_since = ?1 WHERE failing_since > ?1;

-- name: release
-- End the leases of a process that has died.
UPDATE main.task SET due_at = ?1 WHERE leased = ?2 AND due_at > ?1;

-- name: prolong
-- Prolong the lease of a lead's task at which a process hangs.
UPDATE main.task SET due_at = ? WHERE leased = ? AND lead = ?;

-- name: give_back_others
-- End a process's leases of other leads, as if they had never been leased.
UPDATE main.task SET due_at = put_at, leased = 0 WHERE leased = ? AND lead <> ?;
