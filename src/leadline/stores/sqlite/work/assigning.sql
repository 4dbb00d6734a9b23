-- name: documents
-- Documents by name.
SELECT name, rev, body, body_sum FROM document WHERE name IN ();

-- name: keep_documents
-- Store documents, replacing earlier ones.
INSERT INTO main.document (name, rev, body, body_sum) VALUES ()
ON CONFLICT DO UPDATE SET
  rev = excluded.rev, body = excluded.body, body_sum = excluded.body_sum;

-- name: queue
-- The leads in the queue of a team: the highest score first, then the earliest.
SELECT id FROM team_queue WHERE team = ? ORDER BY score DESC, id LIMIT ?;

-- name: add_to_queues
-- Add leads to the queues of teams.
INSERT INTO team_queue (id, team, score) VALUES ()
ON CONFLICT DO UPDATE SET team = excluded.team, score = excluded.score;

-- name: leave_queues
-- Remove leads from the queues in which they wait.
DELETE FROM team_queue WHERE id IN ();
