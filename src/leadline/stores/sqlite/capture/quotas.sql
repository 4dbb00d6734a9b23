-- name: spent
-- A source's use of its quota for unreadable deliveries.
SELECT since, count, bytes FROM quota WHERE source = ?;

-- name: spend
-- Store a source's use of its quota.
INSERT INTO quota (source, since, count, bytes) VALUES (?, ?, ?, ?)
ON CONFLICT (source) DO UPDATE
SET since = excluded.since, count = excluded.count, bytes = excluded.bytes;
