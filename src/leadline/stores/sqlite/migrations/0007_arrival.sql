-- How many leads of each source came in each hour of the last weeks, so that its silence is noticed.
CREATE TABLE arrival (
  source TEXT NOT NULL,
  hour INTEGER NOT NULL,           -- hours since 1970
  leads INTEGER,                   -- NULL: nothing could come, or the silence was told
  PRIMARY KEY (source, hour)
) STRICT, WITHOUT ROWID;

-- Since when each source is silent.
CREATE TABLE quiet (
  source TEXT PRIMARY KEY,
  last_at INTEGER NOT NULL,        -- when its last lead came
  since INTEGER NOT NULL,          -- silence counts from here, if that is later
  told_after INTEGER,              -- the lead after which silence was told; NULL: none was
  all_quiet INTEGER                -- since when no source sent anything, if that was told
) STRICT, WITHOUT ROWID;

-- Up to which event leads were counted, and when the server was last known to run: one row.
CREATE TABLE counted (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  n INTEGER NOT NULL,
  heard_at INTEGER
) STRICT;
INSERT INTO counted (one, n) VALUES (1, 0);
