-- name: all
-- All tombstones, oldest first.
SELECT hashes, key_id, at, applied FROM erasure ORDER BY at, hashes;

-- name: keep
-- Keep tombstones; one with the same hashes gets the later time.
INSERT INTO erasure (hashes, key_id, at, applied) VALUES ()
ON CONFLICT DO UPDATE SET at = max(at, excluded.at), applied = min(applied, excluded.applied);

-- name: applied
-- Note that tombstones were applied.
UPDATE erasure SET applied = 1 WHERE hashes IN ();
