-- name: keep
INSERT INTO job (id, at, process, body) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET process = excluded.process, body = excluded.body;

-- name: forget_rest
-- Of what leads of a job had, keep the first ?2.
DELETE FROM job_had WHERE job = ?1 AND n NOT IN (
  SELECT n FROM job_had WHERE job = ?1 ORDER BY n LIMIT ?2
);

-- name: keep_had
INSERT INTO job_had (job, n, body)
VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM job_had WHERE job = ?1), ?2);

-- name: drop_first
DELETE FROM job_had WHERE job = ?1 AND n IN (
  SELECT n FROM job_had WHERE job = ?1 ORDER BY n LIMIT ?2
);

-- name: jobs
SELECT id, at, process, body FROM job ORDER BY at, id;

-- name: had
SELECT body FROM job_had WHERE job = ? ORDER BY n;

-- name: old
-- Jobs that have ended: those that began before a time, and all but the newest.
SELECT id FROM job WHERE process = 0 AND (
  at < ?1 OR id NOT IN (SELECT id FROM job ORDER BY at DESC, id DESC LIMIT ?2)
);

-- name: forget_had
DELETE FROM job_had WHERE job = ?;

-- name: forget
DELETE FROM job WHERE id = ?;
