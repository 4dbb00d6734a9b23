-- Times are microseconds since 1970 in UTC. Ids are the 16 bytes of a UUID of version 7.

-- Every event that was ever accepted, in the order of arrival. Never changed once written.
CREATE TABLE lead (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  captured_at INTEGER NOT NULL,
  record TEXT,
  fate TEXT NOT NULL,              -- captured, folded or filtered
  why TEXT NOT NULL DEFAULT '',
  joined INTEGER                   -- the lead that a folded or filtered event speaks of
) STRICT;
CREATE UNIQUE INDEX lead_id ON lead (id);
CREATE INDEX lead_joined ON lead (joined) WHERE joined IS NOT NULL;

-- The words as they came; `body` is the delivery where `raw` is not its very text.
CREATE TABLE raw (
  lead INTEGER PRIMARY KEY,
  raw BLOB NOT NULL,
  body BLOB,
  media_type TEXT NOT NULL
) STRICT;

-- By what an event, a record or a person is recognised. Keys are random, so that writing each to
-- its place would touch a page a lead: new ones gather in `key_log` and are moved in sorted slices.
CREATE TABLE known (
  key BLOB PRIMARY KEY,
  lead INTEGER NOT NULL,
  at INTEGER NOT NULL,
  lasting INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE key_log (
  n INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice, for others read on from what they saw
  key BLOB NOT NULL,
  lead INTEGER NOT NULL,
  at INTEGER NOT NULL,
  lasting INTEGER NOT NULL
) STRICT;

-- What waits. `leased` is the process that holds it, or 0; `due_at` is then the lease's end.
CREATE TABLE task (
  lead INTEGER NOT NULL,
  step TEXT NOT NULL,
  channel TEXT NOT NULL DEFAULT '',
  again INTEGER NOT NULL DEFAULT 0,
  put_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  leased INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  dead_at INTEGER,
  reason TEXT,
  PRIMARY KEY (lead, step, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_due ON task (step, channel, due_at) WHERE dead_at IS NULL;
CREATE INDEX task_dead ON task (reason, dead_at) WHERE dead_at IS NOT NULL;

-- What refinement made; `head` is the refined document without its original data.
CREATE TABLE refined (
  lead INTEGER PRIMARY KEY,
  processed_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  duplicate_of INTEGER,
  told INTEGER NOT NULL,           -- how many channels were to hear of it
  head BLOB NOT NULL
) STRICT;
CREATE INDEX refined_duplicate_of ON refined (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- Every message that a destination accepted.
CREATE TABLE alert (
  n INTEGER PRIMARY KEY,
  lead INTEGER NOT NULL,
  channel TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  template TEXT NOT NULL,
  digest INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_lead ON alert (lead, channel);

-- What the other tables do not remember: redeliveries, failed attempts, deaths, replays.
CREATE TABLE history (
  n INTEGER PRIMARY KEY,
  lead INTEGER NOT NULL,
  at INTEGER NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX history_lead ON history (lead);

-- When each destination may next be spoken to.
CREATE TABLE channel (
  name TEXT PRIMARY KEY,
  free_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Running counts, so that a question about a million leads costs what one about ten does.
CREATE TABLE tally (
  day TEXT NOT NULL,
  source TEXT NOT NULL,
  what TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (day, source, what)
) STRICT, WITHOUT ROWID;
