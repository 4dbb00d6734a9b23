-- name: kept
-- A lead and the other events of its record, and whether each asks for a privacy deletion.
SELECT n, source, captured_at, kind = 'ignored' AND why = 'privacy_deleted', raw
FROM lead JOIN raw ON raw.lead = lead.n WHERE n = ?1 OR joined = ?1;

-- name: erase_words
-- Replace the raw JSON of events.
UPDATE main.raw SET raw = sealed(?, 'raw.raw', lead), raw_sum = kept_sum(?) WHERE lead IN ();

-- name: bodies
-- The bodies that came at a time from a source. They are with the first event of their delivery, found
-- by a range of rows and by one of ids, which begin with the time.
SELECT lead.n, body FROM lead JOIN raw ON raw.lead = lead.n
WHERE body IS NOT NULL AND lead.n IN (
  SELECT n FROM lead
  WHERE n BETWEEN ?3 AND ?4 AND source = ?1 AND captured_at = ?2 AND kind <> 'unreadable'
  UNION
  SELECT n FROM lead
  WHERE id BETWEEN ?5 AND ?6 AND source = ?1 AND captured_at = ?2 AND kind <> 'unreadable'
);

-- name: keep_body
-- Replace the body of a delivery.
UPDATE main.raw SET body = sealed(?, 'raw.body', lead), body_sum = kept_sum(?) WHERE lead = ?;

-- name: redeliveries
-- When events of a lead came again, the latest first.
SELECT DISTINCT at FROM history WHERE lead = ? AND what = 'redelivered' ORDER BY at DESC LIMIT ?;

-- name: head
-- A refined document without its original data, and its lead.
SELECT CAST(lead AS TEXT), head FROM refined WHERE lead = ?;

-- name: erase_refined
-- Replace a refined document.
UPDATE main.refined SET head = sealed(?, 'refined.head', lead), head_sum = kept_sum(?) WHERE lead = ?;

-- name: erase_details
-- Delete what timelines say in the words of somebody: all but what was decided here.
UPDATE main.history SET detail = ''
WHERE detail <> '' AND what <> 'assigned' AND what NOT LIKE 'record.%' AND lead IN ();

-- name: erase_errors
-- Delete the errors of failed attempts, which may quote what was sent.
UPDATE main.task SET error = '' WHERE error <> '' AND lead IN ();

-- name: unread
-- The bodies of events that could not be read, with their sizes.
SELECT n, source, length(body) FROM lead JOIN raw ON raw.lead = lead.n
WHERE kind = 'unreadable' AND body IS NOT NULL AND lead.n IN ();

-- name: later
-- The first leads that were linked to a lead as of the same person.
SELECT id FROM refined JOIN lead ON lead.n = refined.lead WHERE duplicate_of = ? ORDER BY n LIMIT ?;

-- name: filled
-- The refined documents of the other leads of a person that name this lead.
SELECT CAST(lead AS TEXT), head FROM refined
WHERE (
  duplicate_of IN (?1, (SELECT duplicate_of FROM refined WHERE lead = ?1))
  OR lead = (SELECT duplicate_of FROM refined WHERE lead = ?1)
) AND lead <> ?1 AND instr(head, CAST(?2 AS BLOB));

-- name: compared
-- The refined documents of leads that name this lead, among those that were compared with it.
SELECT CAST(lead AS TEXT), head FROM refined
WHERE lead IN (
  SELECT lead FROM review WHERE other = ?1
  UNION
  SELECT n FROM judgement JOIN lead ON lead.id = judgement.other WHERE judgement.lead = ?1
) AND instr(head, CAST(?2 AS BLOB));
