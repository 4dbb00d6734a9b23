-- name: keys
-- The keys that leads are under.
SELECT lead, keys FROM likeness WHERE lead IN ();

-- name: keep
-- Keep by what leads are compared, over what an earlier refinement made.
INSERT INTO main.likeness (lead, keys, traits) VALUES ()
ON CONFLICT DO UPDATE SET keys = excluded.keys, traits = excluded.traits;

-- name: forget
-- Forget by what leads are compared.
DELETE FROM main.likeness WHERE lead IN ();

-- name: keep_reviews
-- Keep possible duplicates.
INSERT OR IGNORE INTO review (lead, other) VALUES ();

-- name: drop_decided
-- Remove possible duplicates of leads that people have decided about, or that are not refined.
DELETE FROM review WHERE (
  EXISTS (
    SELECT 1 FROM lead JOIN judgement ON judgement.lead = id
    WHERE lead.n = review.lead AND judgement.other = review.other
  ) OR NOT EXISTS (
    SELECT 1 FROM lead JOIN likeness ON likeness.lead = lead.n WHERE id = review.other
  )
) AND review.lead IN ();

-- name: end_reviews
-- Remove the possible duplicates of leads.
DELETE FROM review WHERE lead IN ();

-- name: end_review
-- Remove a possible duplicate of a lead.
DELETE FROM review WHERE lead = ? AND other = ?;

-- name: end_reviews_of
-- Remove a lead from the possible duplicates of others.
DELETE FROM review WHERE other = ?;

-- name: in_review
-- Leads with possible duplicates that nobody has decided about, newest first.
SELECT DISTINCT id FROM review JOIN lead ON lead.n = review.lead ORDER BY review.lead DESC LIMIT ?;

-- name: judge
-- Keep a decision about two leads, over an earlier one.
INSERT INTO main.judgement (lead, other, ruling, by, at) VALUES ()
ON CONFLICT DO UPDATE SET ruling = excluded.ruling, by = excluded.by, at = excluded.at;

-- name: judgements
-- The decisions about leads.
SELECT lead, other, ruling, by, at FROM judgement WHERE lead IN ();

-- name: drop_judgements
-- Remove the decisions about a lead.
DELETE FROM main.judgement WHERE lead = ?1 OR (
  other = ?1 AND lead IN (SELECT other FROM judgement WHERE lead = ?1)
);

-- name: heir
-- The earliest of the leads whose first lead is this one; those without a likeness come last.
SELECT refined.lead FROM refined LEFT JOIN likeness ON likeness.lead = refined.lead
WHERE duplicate_of = ? AND status = 'refined' ORDER BY likeness.lead IS NULL, refined.lead LIMIT 1;

-- name: follow
-- Give the leads whose first lead is the second one the first one as their first.
UPDATE main.refined SET duplicate_of = nullif(?1, lead) WHERE duplicate_of = ?2;
