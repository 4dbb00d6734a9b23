-- name: known
-- The owners of keys that were moved to the sorted table.
SELECT key, lead, at, lasting FROM known WHERE key IN ();

-- name: logged_since
-- The owners that were added to the log since a row of it.
SELECT n, key, lead, at, lasting FROM key_log WHERE n > ? ORDER BY n;

-- name: log
-- Add owners to the log.
INSERT INTO key_log (key, lead, at, lasting) VALUES ();

-- name: move_to_known
-- Move owners to the sorted table; where another process moved a later owner, that one stays.
INSERT INTO known (key, lead, at, lasting) VALUES ()
ON CONFLICT DO UPDATE SET lead = excluded.lead, at = excluded.at, lasting = excluded.lasting
WHERE excluded.at > at;

-- name: remove_from_log
-- Remove rows of the log that were moved.
DELETE FROM key_log WHERE n IN ();

-- name: remove_known
-- Remove keys from the sorted table.
DELETE FROM known WHERE key IN ();

-- name: remove_logged
-- Remove keys from the log.
DELETE FROM key_log WHERE key IN ();
