-- name: waiting
-- Leads with their words, and whether other events belong to them.
SELECT lead.n, id, source, captured_at, raw, record, why,
       EXISTS (SELECT 1 FROM lead f WHERE f.joined = lead.n), raw_sum
FROM lead JOIN raw ON raw.lead = lead.n WHERE id IN ();

-- name: joined
-- The raw JSON of the events that belong to leads and have data for them, in the order of arrival.
SELECT joined, fate, raw, why, kind, id, raw_sum FROM lead JOIN raw ON raw.lead = lead.n
WHERE (kind <> 'ignored' OR why IN ('deleted', 'merged', 'privacy_deleted')) AND joined IN ()
ORDER BY lead.n;

-- name: archived
-- Leads with all that was delivered.
SELECT id, source, captured_at, fate, raw, body, media_type, kind, raw_sum, body_sum
FROM lead JOIN raw ON raw.lead = lead.n WHERE id IN ();

-- name: made
-- The ids of those of these events that are leads, by number.
SELECT n, id FROM lead WHERE fate = 'captured' AND n IN ();

-- name: refined
-- Refined leads: their documents without the original data.
SELECT id, head, head_sum FROM lead JOIN refined ON refined.lead = lead.n WHERE id IN ();

-- name: documents
-- The two parts of refined documents.
SELECT id, head, raw
FROM lead JOIN refined ON refined.lead = lead.n JOIN raw ON raw.lead = lead.n WHERE id IN ();
