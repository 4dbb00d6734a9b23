-- The index of leads: derived from the data file, and made anew from it whenever it is missing.
-- Times are microseconds since 1970 in UTC. `n` is the row of the lead in the data file.

-- Of which data file it is the index, up to which row of `lead` it reaches, when it last had all, and
-- whether it has texts.
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  inode INTEGER NOT NULL,
  reached INTEGER NOT NULL,
  current_at INTEGER NOT NULL,
  texts INTEGER NOT NULL
) STRICT;
INSERT INTO state (one, inode, reached, current_at, texts) VALUES (1, 0, 0, 0, 1);

CREATE TABLE facet (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  captured_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  status TEXT NOT NULL,
  campaign TEXT,
  owner TEXT,
  owner_key TEXT,
  company TEXT,
  name TEXT,
  masked_name TEXT,                -- as who sees masked leads sees it
  score REAL,
  duplicate INTEGER NOT NULL,
  hot INTEGER NOT NULL,
  dead INTEGER NOT NULL,
  unowned INTEGER NOT NULL,
  valid INTEGER NOT NULL,
  told INTEGER NOT NULL,
  claimed INTEGER NOT NULL,
  contacted INTEGER NOT NULL,
  awaited INTEGER NOT NULL,        -- a person is still to respond
  ending TEXT NOT NULL
) STRICT;
CREATE INDEX facet_captured ON facet (captured_at);
CREATE INDEX facet_source ON facet (source, captured_at);
CREATE INDEX facet_status ON facet (status, captured_at);
CREATE INDEX facet_campaign ON facet (campaign, captured_at) WHERE campaign IS NOT NULL;
CREATE INDEX facet_owner ON facet (owner_key, captured_at) WHERE owner_key IS NOT NULL;
CREATE INDEX facet_owner_key ON facet (owner_key) WHERE owner_key IS NOT NULL;
CREATE INDEX facet_company ON facet (company) WHERE company IS NOT NULL;
CREATE INDEX facet_name ON facet (name) WHERE name IS NOT NULL;
CREATE INDEX facet_masked_name ON facet (masked_name) WHERE masked_name IS NOT NULL;
CREATE INDEX facet_score ON facet (score) WHERE score IS NOT NULL;
CREATE INDEX facet_dead ON facet (captured_at) WHERE dead;
CREATE INDEX facet_unowned ON facet (captured_at) WHERE unowned;
CREATE INDEX facet_duplicate ON facet (captured_at) WHERE duplicate;
CREATE INDEX facet_hot ON facet (captured_at) WHERE hot;
CREATE INDEX facet_awaited ON facet (captured_at) WHERE awaited;
CREATE INDEX facet_ending ON facet (substr(id, -4));
CREATE INDEX facet_id ON facet (id);

-- The texts that are searched: they are needed again to take them out of the search tables.
CREATE TABLE words (
  n INTEGER PRIMARY KEY,
  shown TEXT NOT NULL,
  personal TEXT NOT NULL,
  shown_names TEXT NOT NULL,
  personal_names TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search USING fts5(
  shown, personal, content='words', content_rowid='n', columnsize=0, detail=full,
  tokenize="trigram case_sensitive 1"
);
-- Words that are taken out leave no bytes behind (sqlite.org, FTS5, "The 'secure-delete' option").
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER words_in AFTER INSERT ON words BEGIN
  INSERT INTO search (rowid, shown, personal) VALUES (new.n, new.shown, new.personal);
END;
CREATE TRIGGER words_out AFTER DELETE ON words BEGIN
  INSERT INTO search (search, rowid, shown, personal)
  VALUES ('delete', old.n, old.shown, old.personal);
END;
-- The words of names and companies, and whether people see them who see masked leads. No table of
-- FTS5: the beginnings of its pages keep words that were taken out.
CREATE TABLE name (
  word TEXT NOT NULL,
  n INTEGER NOT NULL,
  is_shown INTEGER NOT NULL,
  PRIMARY KEY (word, n)
) STRICT, WITHOUT ROWID;

-- Numbers of leads by what became of them (rollups), written by the triggers below alone.
CREATE TABLE figure (
  day TEXT NOT NULL,
  source TEXT NOT NULL,
  campaign TEXT NOT NULL,
  owner TEXT NOT NULL,
  captured INTEGER NOT NULL,
  valid INTEGER NOT NULL,
  single INTEGER NOT NULL,         -- valid and no duplicate
  told INTEGER NOT NULL,
  claimed INTEGER NOT NULL,
  contacted INTEGER NOT NULL,
  won INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  junk INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  dead INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  PRIMARY KEY (day, source, campaign, owner)
) STRICT, WITHOUT ROWID;
-- The same by one value alone (`kind`: all, source, campaign, owner, band of the score), so that a
-- year is few rows.
CREATE TABLE total (
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  value TEXT NOT NULL,
  captured INTEGER NOT NULL,
  valid INTEGER NOT NULL,
  single INTEGER NOT NULL,
  told INTEGER NOT NULL,
  claimed INTEGER NOT NULL,
  contacted INTEGER NOT NULL,
  won INTEGER NOT NULL,
  lost INTEGER NOT NULL,
  junk INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  dead INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  PRIMARY KEY (kind, day, value)
) STRICT, WITHOUT ROWID;
-- Numbers of leads by when they were captured, in steps of so many seconds.
CREATE TABLE bar (
  step INTEGER NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  captured INTEGER NOT NULL,
  PRIMARY KEY (step, at, source)
) STRICT, WITHOUT ROWID;
-- What each facet counts for; events that made no lead count for nothing.
CREATE VIEW counted AS
SELECT n, captured_at, date(captured_at / 1000000, 'unixepoch') AS day, source,
       ifnull(campaign, '') AS campaign, ifnull(owner, '') AS owner,
       CASE WHEN score IS NULL THEN '' WHEN score < 0 THEN 'below 0' WHEN score >= 80 THEN '80+'
            ELSE (CAST(score / 20 AS INTEGER) * 20) || '-' || (CAST(score / 20 AS INTEGER) * 20 + 19)
       END AS band, valid,
       valid AND NOT duplicate AS single, valid AND told AS told, valid AND claimed AS claimed,
       valid AND contacted AS contacted, valid AND ending = 'won' AS won,
       valid AND ending IN ('lost', 'disqualified') AS lost, valid AND ending = 'junk' AS junk,
       valid AND duplicate AS duplicates, dead, status = 'quarantined' AS quarantined
FROM facet WHERE status NOT IN ('filtered', 'folded');
CREATE VIEW counted_by AS
SELECT 'all' AS kind, '' AS value, * FROM counted
UNION ALL SELECT 'source', source, * FROM counted
UNION ALL SELECT 'campaign', campaign, * FROM counted
UNION ALL SELECT 'owner', owner, * FROM counted
UNION ALL SELECT 'band', band, * FROM counted;
CREATE TRIGGER facet_in AFTER INSERT ON facet WHEN new.status NOT IN ('filtered', 'folded') BEGIN
  INSERT INTO figure
  SELECT day, source, campaign, owner, 1, valid, single, told, claimed, contacted, won, lost, junk,
         duplicates, dead, quarantined
  FROM counted WHERE n = new.n
  ON CONFLICT DO UPDATE SET
    captured = captured + 1, valid = valid + excluded.valid, single = single + excluded.single,
    told = told + excluded.told, claimed = claimed + excluded.claimed,
    contacted = contacted + excluded.contacted, won = won + excluded.won,
    lost = lost + excluded.lost, junk = junk + excluded.junk,
    duplicates = duplicates + excluded.duplicates, dead = dead + excluded.dead,
    quarantined = quarantined + excluded.quarantined;
  INSERT INTO total
  SELECT kind, day, value, 1, valid, single, told, claimed, contacted, won, lost, junk, duplicates,
         dead, quarantined
  FROM counted_by WHERE n = new.n
  ON CONFLICT DO UPDATE SET
    captured = captured + 1, valid = valid + excluded.valid, single = single + excluded.single,
    told = told + excluded.told, claimed = claimed + excluded.claimed,
    contacted = contacted + excluded.contacted, won = won + excluded.won,
    lost = lost + excluded.lost, junk = junk + excluded.junk,
    duplicates = duplicates + excluded.duplicates, dead = dead + excluded.dead,
    quarantined = quarantined + excluded.quarantined;
  INSERT INTO bar
  VALUES (300, new.captured_at / 300000000 * 300000000, new.source, 1),
         (3600, new.captured_at / 3600000000 * 3600000000, new.source, 1),
         (86400, new.captured_at / 86400000000 * 86400000000, new.source, 1)
  ON CONFLICT DO UPDATE SET captured = captured + 1;
END;
CREATE TRIGGER facet_out BEFORE DELETE ON facet WHEN old.status NOT IN ('filtered', 'folded') BEGIN
  UPDATE figure SET
    captured = figure.captured - 1, valid = figure.valid - one.valid,
    single = figure.single - one.single, told = figure.told - one.told,
    claimed = figure.claimed - one.claimed, contacted = figure.contacted - one.contacted,
    won = figure.won - one.won, lost = figure.lost - one.lost, junk = figure.junk - one.junk,
    duplicates = figure.duplicates - one.duplicates, dead = figure.dead - one.dead,
    quarantined = figure.quarantined - one.quarantined
  FROM (SELECT * FROM counted WHERE n = old.n) AS one
  WHERE figure.day = one.day AND figure.source = one.source AND figure.campaign = one.campaign
    AND figure.owner = one.owner;
  DELETE FROM figure
  WHERE day = date(old.captured_at / 1000000, 'unixepoch') AND source = old.source
    AND campaign = ifnull(old.campaign, '') AND owner = ifnull(old.owner, '') AND captured = 0;
  UPDATE total SET
    captured = total.captured - 1, valid = total.valid - one.valid,
    single = total.single - one.single, told = total.told - one.told,
    claimed = total.claimed - one.claimed, contacted = total.contacted - one.contacted,
    won = total.won - one.won, lost = total.lost - one.lost, junk = total.junk - one.junk,
    duplicates = total.duplicates - one.duplicates, dead = total.dead - one.dead,
    quarantined = total.quarantined - one.quarantined
  FROM (SELECT * FROM counted_by WHERE n = old.n) AS one
  WHERE total.kind = one.kind AND total.day = one.day AND total.value = one.value;
  DELETE FROM total
  WHERE captured = 0 AND day = date(old.captured_at / 1000000, 'unixepoch') AND (
    (kind = 'all' AND value = '') OR (kind = 'source' AND value = old.source)
    OR (kind = 'campaign' AND value = ifnull(old.campaign, ''))
    OR (kind = 'owner' AND value = ifnull(old.owner, '')) OR kind = 'band'
  );
  UPDATE bar SET captured = captured - 1
  WHERE source = old.source AND (
    (step = 300 AND at = old.captured_at / 300000000 * 300000000)
    OR (step = 3600 AND at = old.captured_at / 3600000000 * 3600000000)
    OR (step = 86400 AND at = old.captured_at / 86400000000 * 86400000000)
  );
END;
PRAGMA user_version = 4;
