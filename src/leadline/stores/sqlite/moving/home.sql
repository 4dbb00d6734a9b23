-- name: size
-- How many leads, tasks that wait, dead letters and channels there are.
SELECT (SELECT count(*) FROM lead),
       (SELECT count(*) FROM task WHERE dead_at IS NULL),
       (SELECT count(*) FROM task WHERE dead_at IS NOT NULL),
       (SELECT count(*) FROM channel);

-- name: create_order
-- A table for the order in which leads move.
CREATE TEMP TABLE IF NOT EXISTS to_move (place INTEGER PRIMARY KEY, id);

-- name: clear_order
-- Start the order of a move anew.
DELETE FROM temp.to_move;

-- name: fill_order
-- Fill in the order of a move: first leads that others are duplicates of, then leads with waiting
-- tasks, then the rest.
INSERT INTO temp.to_move (id)
WITH live AS (SELECT DISTINCT lead FROM task WHERE dead_at IS NULL),
firsts AS (SELECT duplicate_of FROM refined JOIN live USING (lead)),
ranked AS (
  SELECT n, id, CASE WHEN n IN firsts THEN 0 WHEN n IN live THEN 1 ELSE 2 END AS rank
  FROM lead WHERE joined IS NULL
)
SELECT id FROM ranked ORDER BY rank, n;

-- name: next_in_order
-- The next leads to move.
SELECT place, id FROM temp.to_move WHERE place > ? ORDER BY place LIMIT ?;

-- name: events
-- The events that belong to leads, in the order of their arrival.
SELECT n, joined FROM lead WHERE joined IN () ORDER BY n;

-- name: drop_owned
-- Remove the keys by lead of an earlier move.
DROP TABLE IF EXISTS temp.owned;

-- name: create_owned
-- A table for the keys by lead, for which the file has no index.
CREATE TEMP TABLE owned (lead INTEGER, key BLOB, lasting INTEGER);

-- name: fill_owned_from_log
-- Take the latest owner of each key in the log.
INSERT INTO temp.owned SELECT lead, key, lasting FROM (
  SELECT lead, key, lasting, max(n) FROM key_log GROUP BY key
);

-- name: fill_owned_from_known
-- Take the owners of keys that are not in the log.
INSERT INTO temp.owned SELECT lead, key, lasting FROM known
WHERE key NOT IN (SELECT key FROM key_log);

-- name: index_owned
-- Index the keys by lead.
CREATE INDEX temp.owned_lead ON owned (lead);

-- name: owned
-- The keys of leads.
SELECT lead, key, lasting FROM temp.owned WHERE lead IN ();

-- name: captures
-- The ids of leads, by number, and when they were captured.
SELECT n, id, captured_at FROM lead WHERE n IN ();

-- name: channels
-- When the next message to each channel may be sent.
SELECT name, free_at FROM channel;

-- name: documents
-- The names of all documents by which leads are given out.
SELECT name FROM document ORDER BY name;

-- name: adopt_documents
-- Store documents of another home, except those that are here with the same or a later revision.
INSERT INTO main.document (name, rev, body, body_sum) VALUES ()
ON CONFLICT DO UPDATE SET
  rev = excluded.rev, body = excluded.body, body_sum = excluded.body_sum
WHERE excluded.rev > rev;

-- name: remove_known
-- Remove keys from the sorted table.
DELETE FROM known WHERE key IN ();

-- name: remove_logged
-- Remove keys from the log.
DELETE FROM key_log WHERE key IN ();
