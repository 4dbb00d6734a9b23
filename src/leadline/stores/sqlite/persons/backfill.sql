-- name: progress
-- Up to which of the leads of earlier versions the likenesses are made, which is the last of them, and
-- by which rules they are under their keys: 0 while they are not, negative while they are made anew.
SELECT n, last, keyed FROM likeness_made;

-- name: is_current
-- Whether all leads are under the keys of these rules.
SELECT (n >= last AND keyed = ?) OR NOT EXISTS (SELECT 1 FROM refined) FROM likeness_made;

-- name: next
-- The next refined leads, and their documents where they have no likeness.
SELECT CAST(refined.lead AS TEXT), iif(likeness.lead IS NULL, head, NULL)
FROM refined LEFT JOIN likeness ON likeness.lead = refined.lead
WHERE status = 'refined' AND refined.lead > ? AND refined.lead <= ?
ORDER BY refined.lead LIMIT ?;

-- name: heads
-- Documents of refined leads without a likeness.
SELECT CAST(lead AS TEXT), head FROM refined
WHERE status = 'refined' AND NOT EXISTS (
  SELECT 1 FROM likeness WHERE likeness.lead = refined.lead
) AND lead IN ();

-- name: go_on
-- Note up to which lead the likenesses are made.
UPDATE likeness_made SET n = ? WHERE n = ?;

-- name: kept
-- The keys of the next leads.
SELECT lead, keys FROM likeness WHERE lead > ? AND lead <= ? ORDER BY lead LIMIT ?;

-- name: add
-- Put leads under keys, as far as they still have them.
WITH given (key, lead) AS (VALUES ())
INSERT OR IGNORE INTO candidate (key, lead)
SELECT given.key, given.lead FROM given JOIN likeness ON likeness.lead = given.lead
WHERE instr(keys, unhex(printf('%012x', given.key))) > 0;

-- name: without_first
-- First leads of others that are no candidates: they are erased or quarantined.
SELECT DISTINCT duplicate_of FROM refined
WHERE duplicate_of IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM likeness WHERE likeness.lead = duplicate_of);

-- name: end
-- Note that all leads are under their keys, by which rules.
UPDATE likeness_made SET n = last, keyed = ?;
