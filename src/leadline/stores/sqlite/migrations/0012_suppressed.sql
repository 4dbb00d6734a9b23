-- The suppression list: keyed hashes of addresses, numbers and domains that are not to be contacted.
-- `kind` is `email`, `phone` or `domain`.
CREATE TABLE suppressed (
  hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  key_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
