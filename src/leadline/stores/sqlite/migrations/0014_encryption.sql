-- Whether personal data is encrypted: one row. The key itself is not here: `reference` says where it
-- is, `tag` is what all sealed values begin with, and `all_under` the number of the data key under
-- which all values are (0: none is sealed; NULL: not all are under one yet).
CREATE TABLE encryption (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  state TEXT NOT NULL,             -- off, on, leaving or left
  reference TEXT NOT NULL,
  tag BLOB NOT NULL,
  all_under INTEGER
) STRICT;
INSERT INTO encryption (one, state, reference, tag, all_under) VALUES (1, 'off', '', x'', 0);

-- The keys of sealed values, wrapped under the master key `master`; the last is for new values. The
-- key 0 is that of blind indexes.
CREATE TABLE data_key (
  number INTEGER PRIMARY KEY,
  wrapped BLOB NOT NULL,
  master TEXT NOT NULL,
  made_at INTEGER NOT NULL
) STRICT;
