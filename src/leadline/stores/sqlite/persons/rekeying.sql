-- name: begin
-- Begin to make the likenesses of all leads anew, by these rules (negative).
UPDATE likeness_made SET n = 0, last = (SELECT ifnull(max(lead), 0) FROM refined), keyed = ?;

-- name: next
-- The documents of the next refined leads.
SELECT CAST(lead AS TEXT), head FROM refined
WHERE status = 'refined' AND lead > ? AND lead <= ? ORDER BY lead LIMIT ?;

-- name: heads
-- The documents of refined leads.
SELECT CAST(lead AS TEXT), head FROM refined WHERE status = 'refined' AND lead IN ();

-- name: kept
-- By what leads are compared, and the keys that they are under.
SELECT lead, keys, traits FROM likeness WHERE lead IN ();
