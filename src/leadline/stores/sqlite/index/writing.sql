-- name: state
-- Of which data file this is the index, up to which event it reaches, when it last had all, and
-- whether it has texts.
SELECT inode, reached, current_at, texts FROM state;

-- name: last_id
-- The id of an event.
SELECT id FROM facet WHERE n = ?;

-- name: reach
-- Note up to which event the index reaches.
UPDATE state SET reached = ?;

-- name: be_current
-- Note that the index has all at a time.
UPDATE state SET current_at = ?;

-- name: begin
-- Note of which data file this is the index, and that it has none of it yet.
UPDATE state SET inode = ?, texts = ?, reached = 0, current_at = 0;

-- name: texts
-- The texts that are searched.
SELECT n, shown, personal, shown_names, personal_names FROM words WHERE n IN ();

-- name: all_names
-- The texts of names of all leads.
SELECT shown_names, personal_names FROM words;

-- name: number_of_names
-- How many words of names there are.
SELECT count(*) FROM name;

-- name: remove_name
-- Take a word of a name out.
DELETE FROM name WHERE word = ? AND n = ?;

-- name: add_names
-- Put words of names in.
INSERT INTO name (word, n, is_shown) VALUES ();

-- name: has_name
-- Whether a word of a name stands there.
SELECT EXISTS (SELECT 1 FROM name WHERE word = ? AND n = ? AND is_shown = ?);

-- name: check_search
-- Compare the search table with the texts; raises an error if they differ.
INSERT INTO search (search, rank) VALUES ('integrity-check', 1);

-- name: remove_words
-- Take texts out.
DELETE FROM words WHERE n IN ();

-- name: remove
-- Take facets out, and what they count for.
DELETE FROM facet WHERE n IN ();

-- name: add
-- Put facets in.
INSERT INTO facet (n, id, captured_at, source, status, campaign, owner, owner_key, company, name, masked_name, score, duplicate, hot, dead, unowned, valid, told, claimed, contacted, awaited, ending) VALUES ();

-- name: add_words
-- Put texts in.
INSERT INTO words (n, shown, personal, shown_names, personal_names) VALUES ();

-- name: counted_wrongly
-- The numbers that differ from a count of the facets.
SELECT day, source, campaign, owner FROM (
  SELECT * FROM figure
  EXCEPT
  SELECT day, source, campaign, owner, count(*), sum(valid), sum(single), sum(told), sum(claimed), sum(contacted), sum(won), sum(lost), sum(junk), sum(duplicates), sum(dead), sum(quarantined)
  FROM counted GROUP BY day, source, campaign, owner
)
UNION
SELECT day, source, campaign, owner FROM (
  SELECT day, source, campaign, owner, count(*), sum(valid), sum(single), sum(told), sum(claimed), sum(contacted), sum(won), sum(lost), sum(junk), sum(duplicates), sum(dead), sum(quarantined)
  FROM counted GROUP BY day, source, campaign, owner
  EXCEPT
  SELECT * FROM figure
);

-- name: totals_counted_wrongly
-- How many of the numbers by one value alone differ from a count of the facets.
SELECT count(*) FROM (
  SELECT kind, day, value FROM (
    SELECT * FROM total
    EXCEPT
    SELECT kind, day, value, count(*), sum(valid), sum(single), sum(told), sum(claimed), sum(contacted), sum(won), sum(lost), sum(junk), sum(duplicates), sum(dead), sum(quarantined)
    FROM counted_by GROUP BY kind, day, value
  )
  UNION
  SELECT kind, day, value FROM (
    SELECT kind, day, value, count(*), sum(valid), sum(single), sum(told), sum(claimed), sum(contacted), sum(won), sum(lost), sum(junk), sum(duplicates), sum(dead), sum(quarantined)
    FROM counted_by GROUP BY kind, day, value
    EXCEPT
    SELECT * FROM total
  )
);

-- name: bars_counted_wrongly
-- The bars that differ from a count of the facets.
SELECT sum(captured <> (SELECT count(*) FROM counted WHERE counted.source = bar.source AND captured_at >= at AND captured_at < at + step * 1000000))
FROM bar WHERE step = 86400;

-- name: kept
-- Facets and texts.
SELECT facet.n, id, captured_at, source, status, campaign, owner, owner_key, company, name, masked_name, score, duplicate, hot, dead, unowned, valid, told, claimed, contacted, awaited, ending,
       ifnull(shown, ''), ifnull(personal, ''), ifnull(shown_names, ''), ifnull(personal_names, '')
FROM facet LEFT JOIN words ON words.n = facet.n WHERE facet.n IN ();

-- name: drop_counted_by
-- Drop what facets count for by one value alone.
DROP VIEW IF EXISTS counted_by;

-- name: drop_total
-- Drop the figures by one value alone.
DROP TABLE IF EXISTS total;

-- name: drop_counted
-- Drop what facets count for.
DROP VIEW IF EXISTS counted;

-- name: drop_search
-- Drop the search table of texts.
DROP TABLE IF EXISTS search;

-- name: drop_names
-- Drop the words of names.
DROP TABLE IF EXISTS name;

-- name: drop_words
-- Drop the texts.
DROP TABLE IF EXISTS words;

-- name: drop_facet
-- Drop the facets.
DROP TABLE IF EXISTS facet;

-- name: drop_figure
-- Drop the figures.
DROP TABLE IF EXISTS figure;

-- name: drop_bar
-- Drop the bars.
DROP TABLE IF EXISTS bar;

-- name: drop_state
-- Drop what is known of the index.
DROP TABLE IF EXISTS state;
