-- name: alive
-- The attempt of tasks of a step and channel that are not dead, the source of their leads, and
-- whether a refinement will replace an earlier one.
SELECT task.lead, attempt, source,
       step = 'refine' AND EXISTS (SELECT 1 FROM refined WHERE refined.lead = task.lead)
FROM task JOIN lead ON lead.n = task.lead
WHERE step = ? AND channel = ? AND dead_at IS NULL AND task.lead IN ();

-- name: end_lease
-- End the lease of a task that is its own follow-up.
UPDATE main.task SET leased = 0 WHERE lead = ? AND step = ? AND channel = ?;

-- name: start_again
-- End the lease of a task, which is then done again at once.
UPDATE main.task SET due_at = put_at, leased = 0 WHERE lead = ? AND step = ? AND channel = ?;

-- name: retry
-- End the lease of a task, which is then retried later; its first due time stays, unless the wait is planned.
UPDATE main.task SET first_due_at = CASE WHEN ? THEN NULL ELSE coalesce(first_due_at, due_at) END,
                put_at = ?, due_at = ?, leased = 0, failures = ?,
                error = sealed(?, 'task.error', lead)
WHERE lead = ? AND step = ? AND channel = ?;

-- name: drop
-- Make tasks dead letters.
WITH dropped (lead, step, channel, dead_at, reason, error) AS (VALUES ())
UPDATE main.task SET dead_at = dropped.dead_at, leased = 0, reason = dropped.reason,
                error = sealed(dropped.error, 'task.error', task.lead)
FROM dropped
WHERE task.lead = dropped.lead AND task.step = dropped.step AND task.channel = dropped.channel;

-- name: end_tasks
-- Remove tasks of a step and channel that are done.
DELETE FROM main.task WHERE step = ? AND channel = ? AND lead IN ();

-- name: come_first
-- Let the tasks of a hot lead be leased before others.
UPDATE main.task SET hot = 1 WHERE lead IN () AND step IN ('notify', 'assign') AND dead_at IS NULL;

-- name: keep_refined
-- Keep refined leads, over what an earlier refinement made.
INSERT INTO main.refined (lead, processed_at, status, duplicate_of, told, head, head_sum) VALUES ()
ON CONFLICT DO UPDATE SET
  processed_at = excluded.processed_at, status = excluded.status,
  duplicate_of = excluded.duplicate_of, told = excluded.told, head = excluded.head,
  head_sum = excluded.head_sum;

-- name: add_alerts
-- Keep messages that destinations accepted.
INSERT INTO main.alert (lead, channel, sent_at, template, digest, ref, step) VALUES ();

-- name: expect_one_channel_less
-- Reduce the number of channels that must alert about these leads, unless the channel has alerted.
UPDATE main.refined SET told = max(told - 1, 0)
WHERE NOT EXISTS (
  SELECT 1 FROM alert WHERE alert.lead = refined.lead AND channel = ? AND step = 'notify'
) AND lead IN ();
