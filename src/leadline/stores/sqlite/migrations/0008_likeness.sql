-- By what refined leads are compared to find duplicates (JSON), and the candidate keys that they are
-- under: the first 6 bytes of each, one after the other.
CREATE TABLE likeness (
  lead INTEGER PRIMARY KEY,
  keys BLOB NOT NULL,
  traits BLOB NOT NULL
) STRICT;

-- Which leads are under a candidate key (its first 6 bytes as a number). Keys are random: as in
-- `known`, new ones gather in a log and are moved in sorted slices of the key space.
CREATE TABLE candidate (
  key INTEGER NOT NULL,
  lead INTEGER NOT NULL,
  PRIMARY KEY (key, lead)
) STRICT, WITHOUT ROWID;
CREATE TABLE candidate_log (
  n INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice, for it tells who came later
  lead INTEGER NOT NULL,           -- negative: it has left these keys; without keys, all
  keys BLOB NOT NULL
) STRICT;
-- Up to which row of the log each slice was moved.
CREATE TABLE candidate_moved (
  slice INTEGER PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT;
WITH RECURSIVE slice (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM slice WHERE number < 63)
INSERT INTO candidate_moved (slice, n) SELECT number, 0 FROM slice;

-- What people decided about two leads, by the ids of both: a row for each of the two.
CREATE TABLE judgement (
  lead BLOB NOT NULL,
  other BLOB NOT NULL,
  ruling TEXT NOT NULL,            -- same or apart
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (lead, other)
) STRICT, WITHOUT ROWID;

-- Possible duplicates of a lead that nobody has decided about, by their ids.
CREATE TABLE review (
  lead INTEGER NOT NULL,
  other BLOB NOT NULL,
  PRIMARY KEY (lead, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_other ON review (other);

-- Up to which lead those that an earlier version refined have got their likeness (of all up to
-- `last`), and whether they are under their keys: one row.
CREATE TABLE likeness_made (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  n INTEGER NOT NULL,
  last INTEGER NOT NULL,
  keyed INTEGER NOT NULL
) STRICT;
INSERT INTO likeness_made (one, n, last, keyed)
SELECT 1, 0, ifnull(max(lead), 0), max(lead) IS NULL FROM refined;
