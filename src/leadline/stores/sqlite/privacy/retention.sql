-- name: next_leads
-- The next events in the order of ids.
SELECT n, id, source, captured_at FROM lead WHERE id > ? ORDER BY id LIMIT ?;

-- name: next_dead
-- The next events with a dead letter from before a time, in the order of ids.
SELECT DISTINCT lead.n, id, source, captured_at FROM task JOIN lead ON lead.n = task.lead
WHERE dead_at < ?1 AND id > ?2 ORDER BY id LIMIT ?3;

-- name: these
-- Events by id.
SELECT n, id, source, captured_at FROM lead WHERE id IN ();

-- name: with_words
-- Those of these events that still have what the sender sent. The length is known without reading
-- the words.
SELECT lead FROM raw WHERE (length(raw) <> ?1 OR body IS NOT NULL OR raw <> ?2) AND lead IN ();

-- name: with_person
-- Those of these leads whose refined document still has the person.
SELECT lead FROM refined
WHERE NOT (json_valid(CAST(head AS TEXT))
           AND json_extract(CAST(head AS TEXT), '$.problems[0]') IS 'record.retention')
  AND lead IN ();

-- name: with_timeline
-- Those of these events that still have lines that say more than a count, or references of messages.
SELECT n FROM lead
WHERE (
  EXISTS (SELECT 1 FROM history WHERE history.lead = lead.n AND what NOT IN ('redelivered', 'refined', 'quarantined')
            AND what NOT GLOB '*.retired' AND what NOT GLOB 'wait.*' AND what NOT GLOB '*.dead')
  OR EXISTS (SELECT 1 FROM alert WHERE alert.lead = lead.n AND ref <> '')
  OR EXISTS (SELECT 1 FROM main.tried WHERE tried.lead = lead.n)
) AND n IN ();

-- name: with_dead
-- Those of these leads that have a dead letter from before a time.
SELECT lead FROM task WHERE dead_at < ? AND lead IN ();

-- name: at_work
-- Those of these events that have a task that waits or is leased, or belong to a lead that has one.
SELECT n FROM lead
WHERE EXISTS (SELECT 1 FROM task WHERE task.lead IN (lead.n, lead.joined) AND dead_at IS NULL) AND n IN ();

-- name: with_tasks
-- Those of these events that have any task, or belong to a lead that has one.
SELECT n FROM lead WHERE EXISTS (SELECT 1 FROM task WHERE task.lead IN (lead.n, lead.joined)) AND n IN ();

-- name: on_hold
-- Those of these events that are under a legal hold, or belong to a lead that is.
SELECT n FROM lead WHERE EXISTS (SELECT 1 FROM legal_hold WHERE legal_hold.lead IN (lead.n, lead.joined)) AND n IN ();

-- name: retire_words
-- Replace what the sender sent, and delete bodies.
UPDATE main.raw SET raw = sealed(?, 'raw.raw', lead), raw_sum = kept_sum(?), body = NULL, body_sum = NULL WHERE lead IN ();

-- name: heads
-- Refined documents without their original data.
SELECT CAST(lead AS TEXT), head FROM refined WHERE lead IN ();

-- name: retire_person
-- Replace a refined document.
UPDATE main.refined SET head = sealed(?, 'refined.head', lead), head_sum = kept_sum(?) WHERE lead = ?;

-- name: handlings
-- How leads are handled.
SELECT lead, body FROM handling WHERE lead IN ();

-- name: delete_lines
-- Delete the timelines of events, but for lines that only count.
DELETE FROM main.history
WHERE what NOT IN ('redelivered', 'refined', 'quarantined')
  AND what NOT GLOB '*.retired' AND what NOT GLOB 'wait.*' AND what NOT GLOB '*.dead'
  AND lead IN ();

-- name: forget_messages
-- Forget by what messages are found.
UPDATE main.alert SET ref = '' WHERE ref <> '' AND lead IN ();

-- name: expect_fewer_channels
-- Expect no alert any more from channels with a dead letter from before a time.
UPDATE main.refined SET told = max(0, told - (
  SELECT count(*) FROM task
  WHERE task.lead = refined.lead AND step = 'notify' AND dead_at < ?1 AND NOT EXISTS (
    SELECT 1 FROM alert
    WHERE alert.lead = task.lead AND alert.channel = task.channel AND alert.step = 'notify'
  )
)) WHERE lead IN ();

-- name: end_dead
-- Delete dead letters from before a time.
DELETE FROM main.task WHERE dead_at < ? AND lead IN ();

-- name: never_refined
-- Those of these leads that were never refined and have no task, with the sizes of their bodies.
SELECT n, source, kind, ifnull(length(body), 0) FROM lead JOIN raw ON raw.lead = n
WHERE fate = 'captured' AND NOT EXISTS (SELECT 1 FROM refined WHERE refined.lead = lead.n)
  AND NOT EXISTS (SELECT 1 FROM task WHERE task.lead = lead.n) AND n IN ();

-- name: end_leads
-- Make leads events that are no leads.
UPDATE main.lead SET fate = 'filtered', why = sealed('retention', 'lead.why', n)
WHERE n IN ();

-- name: families
-- The other events of leads.
SELECT n FROM lead WHERE joined IN ();

-- name: hold
-- Keep a legal hold, over an earlier one.
INSERT INTO main.legal_hold (lead, why, by, since) SELECT n, sealed(?2, 'legal_hold.why', n), sealed(?3, 'legal_hold.by', n), ?4
FROM lead WHERE id = ?1
ON CONFLICT DO UPDATE SET why = excluded.why, by = excluded.by, since = excluded.since;

-- name: release
-- End the legal holds of leads.
DELETE FROM main.legal_hold WHERE lead IN (SELECT n FROM lead WHERE id IN ());

-- name: held
-- The legal holds of leads.
SELECT id, legal_hold.why, by, since FROM legal_hold JOIN lead ON n = lead WHERE id IN ();

-- name: all_held
-- All legal holds, oldest first.
SELECT id, legal_hold.why, by, since FROM legal_hold JOIN lead ON n = lead ORDER BY since, id;
