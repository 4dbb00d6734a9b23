-- name: next_kind
-- The first step and channel after others of which a task is not dead.
SELECT step, channel FROM (
  SELECT step, channel FROM main.task INDEXED BY task_due
  WHERE dead_at IS NULL AND step = ?1 AND channel > ?2 ORDER BY channel LIMIT 1
)
UNION ALL
SELECT step, channel FROM (
  SELECT step, channel FROM main.task INDEXED BY task_due
  WHERE dead_at IS NULL AND step > ?1 ORDER BY step, channel LIMIT 1
)
LIMIT 1;

-- name: numbers
-- How many tasks of a step and channel are due, how many are due later, how many of the next of
-- these are leased, each up to a number, and since when the oldest has been due.
SELECT
  (SELECT count(*) FROM (
    SELECT 1 FROM main.task INDEXED BY task_due
    WHERE step = ?1 AND channel = ?2 AND dead_at IS NULL AND due_at <= ?3 LIMIT ?4)),
  (SELECT count(*) FROM (
    SELECT 1 FROM main.task INDEXED BY task_due
    WHERE step = ?1 AND channel = ?2 AND dead_at IS NULL AND due_at > ?3 LIMIT ?4)),
  (SELECT count(*) FROM (
    SELECT leased FROM main.task INDEXED BY task_due
    WHERE step = ?1 AND channel = ?2 AND dead_at IS NULL AND due_at > ?3 ORDER BY due_at LIMIT ?4)
   WHERE leased <> 0),
  (SELECT min(due_at) FROM main.task INDEXED BY task_due
   WHERE step = ?1 AND channel = ?2 AND dead_at IS NULL AND due_at <= ?3);

-- name: dead
-- How many of the dead letters, up to a number of all, are of each step and channel.
SELECT step, channel, count(*) FROM (
  SELECT step, channel FROM main.task INDEXED BY task_dead WHERE dead_at IS NOT NULL LIMIT ?
) GROUP BY step, channel;

-- name: on_hold
-- How many leads are on hold, up to a number.
SELECT count(*) FROM (
  SELECT 1 FROM main.task INDEXED BY task_due
  WHERE step = 'refine' AND channel = '' AND dead_at IS NULL AND due_at >= ? LIMIT ?
);
