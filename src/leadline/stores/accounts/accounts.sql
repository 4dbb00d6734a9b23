-- name: account
SELECT name, role, created_at, password, person, zone, issuer, subject FROM account WHERE name = ?;

-- name: account_of
SELECT name, role, created_at, password, person, zone, issuer, subject FROM account
WHERE issuer = ? AND subject = ? AND issuer <> '';

-- name: accounts
SELECT name, role, created_at, password, person, zone, issuer, subject FROM account ORDER BY name;

-- name: add_account
INSERT INTO account (name, role, created_at, password, person, zone, issuer, subject)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING RETURNING name;

-- name: change_account
UPDATE account SET role = ?2, password = ?3, person = ?4, zone = ?5 WHERE name = ?1
RETURNING name;

-- name: remove_account
DELETE FROM account WHERE name = ? RETURNING name;

-- name: end_sessions_of
DELETE FROM session WHERE account = ?;

-- name: end_links_of
DELETE FROM link WHERE account = ?;

-- name: revoke_tokens_of
DELETE FROM token WHERE account = ?;

-- name: end_links_by
DELETE FROM link WHERE user = ?;

-- name: end_sessions_by
-- Logins to accounts by links that somebody made.
DELETE FROM session WHERE user = ? AND account <> '';

-- name: offer
INSERT INTO link (digest, account, user, ends_at) VALUES (?, ?, ?, ?);

-- name: link
SELECT digest, account, user, ends_at FROM link WHERE digest = ? AND ends_at > ?;

-- name: take
DELETE FROM link WHERE digest = ? AND ends_at > ? RETURNING digest, account, user, ends_at;

-- name: begin
INSERT INTO session (digest, account, user, began_at, seen_at, ends_at, of_issuer)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: session
SELECT digest, account, user, began_at, seen_at, ends_at, of_issuer FROM session
WHERE digest = ? AND ends_at > ?;

-- name: session_seen
UPDATE session SET seen_at = ?2 WHERE digest = ?1;

-- name: token_seen
UPDATE token SET seen_at = ?2 WHERE digest = ?1;

-- name: end_session
DELETE FROM session WHERE digest = ?;

-- name: end_of_issuer
-- Sessions that belong to one at an issuer; of an account also those of which none is known.
DELETE FROM session
WHERE (of_issuer = ?1 AND ?2 IN ('', account))
   OR (of_issuer = x'' AND user = '' AND account <> '' AND account = ?2)
RETURNING account;

-- name: add_token
-- Replaces one of that name that has ended.
INSERT INTO token (name, digest, scope, role, made_by, created_at, ends_at, account)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (name) DO UPDATE
SET digest = ?2, scope = ?3, role = ?4, made_by = ?5, created_at = ?6, ends_at = ?7, account = ?8,
  seen_at = NULL
WHERE token.ends_at <= ?6
RETURNING name;

-- name: token
-- With no higher role than the account has that made it.
SELECT token.name, digest, scope, min(token.role, coalesce(account.role, token.role)), made_by,
  token.created_at, ends_at, seen_at, token.account
FROM token LEFT JOIN account ON account.name = token.account
WHERE digest = ? AND ends_at > ?;

-- name: tokens
SELECT token.name, digest, scope, min(token.role, coalesce(account.role, token.role)), made_by,
  token.created_at, ends_at, seen_at, token.account
FROM token LEFT JOIN account ON account.name = token.account
ORDER BY token.name;

-- name: revoke
DELETE FROM token WHERE name = ? RETURNING name;

-- name: attempts
SELECT count(*) FROM attempt WHERE key = ? AND at > ?;

-- name: attempt
INSERT INTO attempt (key, at) VALUES (?, ?) RETURNING number;

-- name: forgive
DELETE FROM attempt WHERE number = ?;

-- name: once
INSERT INTO form (digest, at) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING digest;

-- name: answer
UPDATE form SET answer = ?2 WHERE digest = ?1;

-- name: answered
SELECT answer FROM form WHERE digest = ?;

-- name: forget_form
DELETE FROM form WHERE digest = ?;

-- name: forget_links
DELETE FROM link WHERE ends_at <= ?;

-- name: forget_sessions
DELETE FROM session WHERE ends_at <= ?;

-- name: forget_attempts
DELETE FROM attempt WHERE at <= ?;

-- name: forget_forms
DELETE FROM form WHERE at <= ?;

-- name: default_of_removed
DELETE FROM default_view WHERE account = ?;

-- name: defaults_on_private_views_of
DELETE FROM default_view
WHERE view IN (SELECT id FROM saved_view WHERE account = ? AND NOT shared);

-- name: remove_private_views_of
DELETE FROM saved_view WHERE account = ? AND NOT shared;

-- name: leave_shared_views_of
UPDATE saved_view SET account = '' WHERE account = ?;
