-- name: add
-- Add entries; those that are there stay as they are.
INSERT INTO main.suppressed (hash, kind, key_id, at, reason) VALUES () ON CONFLICT DO NOTHING;

-- name: remove
-- Take entries off the list.
DELETE FROM main.suppressed WHERE hash IN ();

-- name: some
-- The entries with these hashes.
SELECT hash, kind, key_id, at, reason FROM suppressed WHERE hash IN ();

-- name: all
-- All entries.
SELECT hash, kind, key_id, at, reason FROM suppressed ORDER BY at, hash;

-- name: any
-- Whether there is any entry.
SELECT 1 FROM suppressed LIMIT 1;

-- name: key
-- The id of the key of one of the entries.
SELECT key_id FROM suppressed LIMIT 1;
