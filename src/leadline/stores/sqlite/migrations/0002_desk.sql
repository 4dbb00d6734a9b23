-- By what a destination finds a message again, and the step of the task that the message ended.
ALTER TABLE alert ADD COLUMN ref TEXT NOT NULL DEFAULT '';
ALTER TABLE alert ADD COLUMN step TEXT NOT NULL DEFAULT 'notify';

-- How many attempts to speak to a destination failed in a row, and since when.
ALTER TABLE channel ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channel ADD COLUMN failing_since INTEGER;

-- What people and the CRM made of a refined lead, as JSON; changed by comparing `rev`.
CREATE TABLE handling (
  lead INTEGER PRIMARY KEY,
  rev INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- Whose desk an open lead is on, by every name of that person; ids sort by capture.
CREATE TABLE desk (
  person TEXT NOT NULL,
  id BLOB NOT NULL,
  PRIMARY KEY (person, id)
) STRICT, WITHOUT ROWID;
