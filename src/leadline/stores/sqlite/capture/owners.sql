-- name: heads
-- Leads by number, with the lead that each belongs to if it is only an event about that one.
SELECT lead.n, lead.id, lead.joined, head.id, lead.fate, lead.why
FROM lead LEFT JOIN lead head ON head.n = lead.joined
WHERE lead.n IN ();

-- name: head_of_id
-- The event with an id, and the lead to which it belongs.
SELECT lead.n, lead.captured_at, lead.joined, head.id, lead.fate, lead.why
FROM lead LEFT JOIN lead head ON head.n = lead.joined
WHERE lead.id = ?;

-- name: is_erased
-- Whether there is a privacy deletion among the events of a record without a lead: one row if so.
SELECT 1 FROM lead WHERE (n = ?1 OR joined = ?1) AND kind = 'ignored' AND why = 'privacy_deleted';
