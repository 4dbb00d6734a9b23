-- What must be remembered to give out leads: rosters of teams, accounts, absences (JSON), by name;
-- changed by comparing `rev`.
CREATE TABLE document (
  name TEXT PRIMARY KEY,
  rev INTEGER NOT NULL,
  body BLOB NOT NULL,
  body_sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The leads that wait in the queue of a team: the highest score first, then the earliest; ids sort
-- by capture.
CREATE TABLE team_queue (
  id BLOB PRIMARY KEY,
  team TEXT NOT NULL,
  score REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX team_queue_order ON team_queue (team, score DESC, id);
