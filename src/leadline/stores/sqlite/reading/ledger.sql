-- name: ids
-- The ids of a selection, oldest first.
SELECT lead.id FROM lead LEFT JOIN refined ON refined.lead = lead.n WHERE {selection} ORDER BY lead.n;

-- name: complete
-- Ids between two, for completion in a shell.
SELECT id FROM lead WHERE id BETWEEN ? AND ? LIMIT 10;

-- name: tallies
-- All running counts.
SELECT day, source, what, count FROM tally ORDER BY day;

-- name: backlog
-- How many tasks of each step and channel wait, are due, are leased and are dead, and since when
-- the oldest due task has been due.
SELECT step, channel,
       sum(dead_at IS NULL AND (leased = 0 OR due_at <= ?1)),
       sum(dead_at IS NULL AND due_at <= ?1),
       sum(dead_at IS NULL AND leased <> 0 AND due_at > ?1),
       sum(dead_at IS NOT NULL),
       min(CASE WHEN dead_at IS NULL AND due_at <= ?1 THEN due_at END)
FROM task GROUP BY step, channel;

-- name: dead
-- Dead letters by step and reason, with the latest of each. Next to a single max(), SQLite takes
-- the bare columns from the row that has it.
SELECT step, reason, count, first_at, last_at, id, error FROM (
  SELECT step, reason, lead AS newest, error, max(dead_at) AS last_at
  FROM task WHERE dead_at IS NOT NULL GROUP BY step, reason
) JOIN (
  SELECT step, reason, count(*) AS count, min(dead_at) AS first_at
  FROM task WHERE dead_at IS NOT NULL GROUP BY step, reason
) USING (step, reason)
JOIN lead ON lead.n = newest ORDER BY count DESC;

-- name: dead_tasks
-- The dead tasks of leads, for one reason or for any.
SELECT id, step, channel, again FROM task JOIN lead ON lead.n = task.lead
WHERE dead_at IS NOT NULL AND reason = coalesce(?, reason) AND id IN ()
ORDER BY task.lead, step, channel;
