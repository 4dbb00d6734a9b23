-- name: all_troubles
-- Every trouble that is known.
SELECT kind, subject, words, remedy, count, lead, state, since, changed_at, told, told_at
FROM trouble;

-- name: put_trouble
-- Write what is known of one trouble.
INSERT OR REPLACE INTO trouble
  (kind, subject, words, remedy, count, lead, state, since, changed_at, told, told_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: forget_trouble
-- Forget one trouble.
DELETE FROM trouble WHERE kind = ? AND subject = ?;
