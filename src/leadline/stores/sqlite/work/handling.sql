-- name: handlings
-- The handlings of leads.
SELECT id, body, body_sum FROM lead JOIN handling ON handling.lead = lead.n WHERE id IN ();

-- name: refined_lead
-- A refined lead by id, with its handling if it has one.
SELECT n, body, body_sum FROM lead JOIN refined ON refined.lead = n LEFT JOIN handling ON handling.lead = n
WHERE id = ?;

-- name: handled
-- Those of these leads that have a handling.
SELECT lead FROM handling WHERE lead IN ();

-- name: ids
-- The ids of leads, by number.
SELECT n, id FROM lead WHERE n IN ();

-- name: keep_handlings
-- Store handlings of leads, replacing earlier ones.
INSERT INTO main.handling (lead, rev, body, body_sum) VALUES ()
ON CONFLICT DO UPDATE SET
  rev = excluded.rev, body = excluded.body, body_sum = excluded.body_sum;

-- name: handlings_by_number
-- The handlings of leads, with the ids of the leads.
SELECT id, body FROM lead JOIN handling ON handling.lead = n WHERE n IN ();

-- name: remove_handlings
-- Remove the handlings of leads.
DELETE FROM main.handling WHERE lead IN ();

-- name: open_leads
-- The open leads of a person, latest first.
SELECT id FROM main.desk WHERE person = ? ORDER BY id DESC LIMIT ?;

-- name: add_open_leads
-- Add leads to the open leads of people.
INSERT INTO main.desk (person, id) VALUES () ON CONFLICT DO NOTHING;

-- name: remove_open_lead
-- Remove a lead from the open leads of people.
DELETE FROM main.desk WHERE id = ? AND person IN ();
