-- name: logged_since
-- The rows that were added to the log since one.
SELECT n, lead, keys FROM candidate_log WHERE n > ? ORDER BY n;

-- name: under
-- The leads under keys in the sorted table.
SELECT key, lead FROM candidate WHERE key IN ();

-- name: log
-- Add rows to the log: leads that come under keys, or leave them.
INSERT INTO candidate_log (lead, keys) VALUES ();

-- name: moved
-- Up to which row of the log each slice was moved.
SELECT slice, n FROM candidate_moved;

-- name: add
-- Put leads under keys, in the sorted table.
INSERT OR IGNORE INTO candidate (key, lead) VALUES ();

-- name: note_moved
-- Note up to which row of the log a slice was moved.
UPDATE candidate_moved SET n = ? WHERE slice = ?;

-- name: shorten
-- Remove the rows of the log of which all slices were moved.
DELETE FROM candidate_log WHERE n <= (SELECT min(n) FROM candidate_moved);

-- name: remove
-- Take a lead from under keys in the sorted table.
DELETE FROM candidate WHERE lead = ? AND key IN ();

-- name: forget
-- Remove the keys of a lead from the log.
UPDATE candidate_log SET keys = x'' WHERE lead IN (?1, -?1);
