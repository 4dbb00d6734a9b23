-- What remains of people who were erased: keyed hashes (JSON array, sorted), the id of their key,
-- and when. The same stands in the file `erasures.jsonl`, which outlasts the restore of a backup.
-- `applied`: whether the leads of this file were searched for the person since.
CREATE TABLE erasure (
  hashes TEXT PRIMARY KEY,
  key_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  applied INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
