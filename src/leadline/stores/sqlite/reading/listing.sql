-- name: each
-- Leads of a selection as rows of a list, latest first, before a row number.
SELECT lead.n, lead.id, lead.captured_at, lead.source, {status} AS status, lead.why,
       refined.head, original.id, handling.body, refined.head_sum, handling.body_sum
FROM lead LEFT JOIN refined ON refined.lead = lead.n
LEFT JOIN handling ON handling.lead = lead.n
LEFT JOIN lead original ON original.n = refined.duplicate_of
WHERE {selection} AND lead.n < ? ORDER BY lead.n DESC LIMIT ?;

-- name: count
-- How many leads a selection has, counted up to a number.
SELECT count(*) FROM (
  SELECT 1 FROM lead LEFT JOIN refined ON refined.lead = lead.n WHERE {selection} LIMIT ?
);

-- name: ending
-- Ids with these last four bytes. It reads the index of ids from one end to the other (decision 40).
SELECT id FROM lead WHERE substr(id, -4) = ? ORDER BY id DESC;

-- name: events
-- About how many events there are: rows are never deleted.
SELECT coalesce(max(n), 0) FROM lead;

-- name: waits
-- The waits of leads that are not refined, with raw words up to a length. With CROSS JOIN, SQLite does
-- not begin with all tasks that wait.
SELECT id, task.due_at, CASE WHEN length(raw.raw) <= ? THEN raw.raw END, raw.raw_sum, record, why
FROM lead CROSS JOIN task
  ON task.lead = lead.n AND step = 'refine' AND channel = '' AND dead_at IS NULL
LEFT JOIN raw ON raw.lead = lead.n
WHERE id IN () AND NOT EXISTS (SELECT 1 FROM refined WHERE refined.lead = lead.n);

-- name: failure
-- The words of a failed attempt at a message that is still to be sent, among those due last.
SELECT error FROM (
  SELECT error FROM task WHERE step = ? AND channel = ? AND dead_at IS NULL
  ORDER BY due_at DESC LIMIT 500
) WHERE error <> '' LIMIT 1;

-- name: channels
-- What is known of the channels.
SELECT name, failures, failing_since, free_at FROM channel;
