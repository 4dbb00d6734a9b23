-- name: documents
-- All documents by which leads are given out, with their checksums.
SELECT name, body, body_sum FROM document;

-- name: queued
-- The leads in queues, with their handlings.
SELECT team_queue.id, team, score, body FROM team_queue
LEFT JOIN lead ON lead.id = team_queue.id LEFT JOIN handling ON handling.lead = lead.n;

-- name: waiting
-- The handlings of leads that may wait, but are in no queue.
SELECT id, body FROM handling JOIN lead ON lead.n = handling.lead
WHERE instr(body, CAST('"queued"' AS BLOB)) AND id NOT IN (SELECT id FROM team_queue);
