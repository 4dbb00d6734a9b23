-- name: handlings
-- What people and the CRM made of leads.
SELECT id, body FROM lead JOIN handling ON handling.lead = lead.n WHERE id IN ();

-- name: refined_lead
-- A refined lead by id, and how it is handled if it is.
SELECT n, body FROM lead JOIN refined ON refined.lead = n LEFT JOIN handling ON handling.lead = n
WHERE id = ?;

-- name: handled
-- Those of these leads that were handled.
SELECT lead FROM handling WHERE lead IN ();

-- name: ids
-- The ids of leads, by number.
SELECT n, id FROM lead WHERE n IN ();

-- name: keep_handlings
-- Keep how leads are handled, over what was kept before.
INSERT INTO handling (lead, rev, body) VALUES ()
ON CONFLICT DO UPDATE SET rev = excluded.rev, body = excluded.body;

-- name: handlings_by_number
-- How leads are handled, with their ids.
SELECT id, body FROM lead JOIN handling ON handling.lead = n WHERE n IN ();

-- name: remove_handlings
-- Forget how leads are handled.
DELETE FROM handling WHERE lead IN ();

-- name: open_leads
-- The open leads of a person, latest first.
SELECT id FROM desk WHERE person = ? ORDER BY id DESC LIMIT ?;

-- name: add_open_leads
-- Add leads to the open leads of people.
INSERT INTO desk (person, id) VALUES () ON CONFLICT DO NOTHING;

-- name: remove_open_lead
-- Remove a lead from the open leads of people.
DELETE FROM desk WHERE id = ? AND person IN ();
