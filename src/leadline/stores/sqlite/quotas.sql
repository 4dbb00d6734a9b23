-- name: spent
-- What a source has used of its quota of deliveries that can't be read.
SELECT since, count, bytes FROM quota WHERE source = ?;

-- name: spend
-- Note what a source has used of its quota.
INSERT INTO quota (source, since, count, bytes) VALUES (?, ?, ?, ?)
ON CONFLICT (source) DO UPDATE
SET since = excluded.since, count = excluded.count, bytes = excluded.bytes;
