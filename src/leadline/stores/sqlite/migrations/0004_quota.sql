-- What each source has used of its quota of deliveries that nobody can read.
CREATE TABLE quota (
  source TEXT PRIMARY KEY,
  since INTEGER NOT NULL,          -- when the minute began
  count INTEGER NOT NULL,          -- deliveries in it
  bytes INTEGER NOT NULL           -- bytes that lie there in all
) STRICT, WITHOUT ROWID;
