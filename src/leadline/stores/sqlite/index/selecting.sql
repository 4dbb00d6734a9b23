-- name: is_lead
-- Condition: the event became a lead of its own.
facet.status NOT IN ('filtered', 'folded');

-- name: source
-- Condition: the lead has one of these sources.
facet.source IN ();

-- name: campaign
-- Condition: the lead has one of these campaigns.
facet.campaign IS NOT NULL AND facet.campaign IN ();

-- name: owner
-- Condition: the lead has one of these owners (folded names).
facet.owner_key IS NOT NULL AND facet.owner_key IN ();

-- name: status
-- Condition: the lead has one of these statuses.
facet.status IN ();

-- name: captured
-- Condition: the lead was captured in a time.
facet.captured_at >= ? AND facet.captured_at < ?;

-- name: dead
-- Condition: the lead has a dead letter.
facet.dead;

-- name: unowned
-- Condition: nobody owns the lead.
facet.unowned;

-- name: hot
-- Condition: the score of the lead reaches the threshold.
facet.hot;

-- name: valid
-- Condition: the lead is refined, and not quarantined.
facet.valid;

-- name: awaited
-- Condition: a person is still to respond to the lead.
facet.awaited;

-- name: duplicate
-- Condition: the lead repeats an earlier one.
facet.duplicate;

-- name: no_duplicate
-- Condition: the lead repeats no earlier one.
NOT facet.duplicate;

-- name: nothing
-- Condition: none is wanted.
0;

-- name: with_text
-- Condition: a text is found in the lead, by the search table.
facet.n IN (SELECT rowid FROM search WHERE search MATCH ? LIMIT ?);

-- name: with_names
-- Condition: a word of its names begins so, by the table of names.
facet.n IN (SELECT DISTINCT n FROM name WHERE word >= ? AND word < ? AND is_shown >= ? LIMIT ?);

-- name: has_word
-- Condition: a word is found in the texts of the lead.
EXISTS (
  SELECT 1 FROM words
  WHERE words.n = facet.n AND (instr(words.shown, ?) OR (? AND instr(words.personal, ?)))
);

-- name: has_name
-- Condition: a word of the lead's names begins so.
EXISTS (
  SELECT 1 FROM words
  WHERE words.n = facet.n
    AND (instr(words.shown_names, ' ' || ?) OR (? AND instr(words.personal_names, ' ' || ?)))
);

-- name: with_id
-- Condition: the id of the lead is between two.
facet.n IN (SELECT n FROM facet AS one WHERE one.id BETWEEN ? AND ?);

-- name: with_end
-- Condition: the last four bytes of the id of the lead are these, and its last digits.
facet.n IN (
  SELECT n FROM facet AS one WHERE substr(one.id, -4) = ? AND substr(hex(one.id), -?) = ?
);
