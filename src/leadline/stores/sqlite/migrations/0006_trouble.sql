-- What is wrong with the installation, and what operators were told of it.
CREATE TABLE trouble (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,           -- what tells troubles of a kind apart, such as a channel's name
  words TEXT NOT NULL,
  remedy TEXT NOT NULL,
  count INTEGER NOT NULL,
  lead TEXT NOT NULL,              -- the id of one lead that it concerns, or ''
  state TEXT NOT NULL,             -- open, ended or once
  since INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  told INTEGER NOT NULL DEFAULT 0, -- the count that was told; 0: nothing yet
  told_at INTEGER,
  PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
