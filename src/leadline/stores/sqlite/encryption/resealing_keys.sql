-- name: logged
-- Keys of one length in the log, each with its latest owner.
SELECT key, lead, at, lasting FROM (
  SELECT key, lead, at, lasting, max(n) FROM key_log WHERE length(key) = ? AND lead <> 0 GROUP BY key
) LIMIT ?;

-- name: sorted
-- Keys of one length in the sorted table, after one.
SELECT key, lead, at, lasting FROM known WHERE key > ? AND length(key) = ? ORDER BY key LIMIT ?;

-- name: names
-- The open leads of people, after one.
SELECT person, id FROM main.desk WHERE (person, id) > (?, ?) ORDER BY person, id LIMIT ?;

-- name: add_name
-- Add a lead to the open leads of a person.
INSERT INTO main.desk (person, id) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: remove_name
-- Remove a lead from the open leads of a person.
DELETE FROM main.desk WHERE person = ? AND id = ?;

-- name: is_current
-- Whether all leads are under candidate keys by these rules.
SELECT n >= last AND keyed = ? FROM likeness_made;

-- name: entered
-- Leads that came under candidate keys, by the log, after a row of it; with the keys that they have.
SELECT n, candidate_log.keys, likeness.keys
FROM candidate_log LEFT JOIN likeness ON likeness.lead = candidate_log.lead
WHERE n > ? AND candidate_log.lead > 0 ORDER BY n LIMIT ?;

-- name: keep_entered
-- Keep under which keys a lead came, in the log.
UPDATE candidate_log SET keys = ? WHERE n = ?;

-- name: forget_leaving
-- Remove from the log which keys leads left: nothing has these keys any more.
DELETE FROM candidate_log WHERE lead < 0 AND keys <> x'';
