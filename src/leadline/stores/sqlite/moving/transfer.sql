-- name: exported
-- Leads after a row number with their raw and refined documents and handlings, oldest first.
SELECT n, id, captured_at, source, record,
       CASE kind WHEN 'unreadable' THEN raw.body END, raw.media_type, why,
       raw, head, handling.body, raw_sum, head_sum, handling.body_sum, raw.body_sum
FROM lead
JOIN raw ON raw.lead = lead.n
LEFT JOIN refined ON refined.lead = lead.n
LEFT JOIN handling ON handling.lead = lead.n
WHERE fate = 'captured' AND n > ? AND captured_at >= ? ORDER BY n LIMIT ?;

-- name: corrections
-- What people corrected of leads, in the order of arrival.
SELECT joined, raw, raw_sum FROM lead JOIN raw ON raw.lead = lead.n
WHERE kind = 'corrected' AND joined IN () ORDER BY lead.n;

-- name: count_leads
-- How many leads were captured since a time.
SELECT count(*) FROM lead WHERE fate = 'captured' AND captured_at >= ?;

-- name: add_refined
-- Keep refined leads, unless they are here already.
INSERT INTO main.refined (lead, processed_at, status, duplicate_of, told, head, head_sum) VALUES ()
ON CONFLICT DO NOTHING;

-- name: end_refinement
-- Remove the refine tasks of leads.
DELETE FROM main.task WHERE step = 'refine' AND lead IN ();

-- name: refined
-- Those of these leads that are refined.
SELECT lead FROM refined WHERE lead IN ();
