-- Legal holds: the data of these leads is neither erased nor deleted by retention.
CREATE TABLE legal_hold (
  lead INTEGER PRIMARY KEY,
  why TEXT NOT NULL,
  by TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT;
