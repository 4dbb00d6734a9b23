-- name: kept
-- A lead and the other events of its record.
SELECT n, source, captured_at, kind = 'ignored' AND why IN ('deleted', 'merged', 'privacy_deleted')
FROM lead WHERE n = ?1 OR joined = ?1;

-- name: erase_words
-- Replace the raw JSON of events.
UPDATE raw SET raw = ?, raw_sum = ?, body = NULL, body_sum = NULL WHERE lead IN ();

-- name: erase_bodies
-- Delete the bodies of a delivery with several events, up to the one of a given row.
UPDATE raw SET body = NULL, body_sum = NULL WHERE body IS NOT NULL AND lead IN (
  SELECT n FROM lead WHERE n BETWEEN ?1 - 10000 AND ?1 AND source = ?2 AND captured_at = ?3
);

-- name: head
-- A refined document without its original data, and its lead.
SELECT CAST(lead AS TEXT), head FROM refined WHERE lead = ?;

-- name: erase_refined
-- Replace a refined document.
UPDATE refined SET head = ?, head_sum = ? WHERE lead = ?;

-- name: erase_differences
-- Delete the differences of redeliveries.
UPDATE history SET detail = '' WHERE what = 'redelivered.other_words' AND lead IN ();

-- name: later
-- The first leads that were linked to a lead as of the same person.
SELECT id FROM refined JOIN lead ON lead.n = refined.lead WHERE duplicate_of = ? ORDER BY n LIMIT ?;
