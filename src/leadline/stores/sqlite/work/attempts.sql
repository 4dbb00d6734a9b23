-- name: earlier
-- The attempts that are kept beside leads.
SELECT lead, body FROM tried WHERE lead IN ();

-- name: erased
-- Those of these leads whose person was erased.
SELECT lead FROM raw WHERE raw = ? AND lead IN ();

-- name: keep
-- Keep the attempts of leads, in place of those that are kept.
INSERT INTO main.tried (lead, body) VALUES () ON CONFLICT DO UPDATE SET body = excluded.body;

-- name: forget
-- Delete the attempts of leads.
DELETE FROM main.tried WHERE lead IN ();
