-- Times are microseconds since 1970; digests are SHA-256.
-- issuer and subject: whom an account belongs to, who logs in by OpenID Connect; '' for others.
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    role INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    password TEXT NOT NULL,
    person TEXT NOT NULL,
    zone TEXT NOT NULL,
    issuer TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_by_subject ON account (issuer, subject) WHERE issuer <> '';

-- account: '' is the person at the machine.
CREATE TABLE link (
    digest BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    user TEXT NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    digest BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    user TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- account: the account that made the token, '' if it was made by a command on the machine.
CREATE TABLE token (
    name TEXT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    scope INTEGER NOT NULL,
    role INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    seen_at INTEGER,
    account TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Attempts to log in: key is a digest of the account's name, or of the sender's address.
CREATE TABLE attempt (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_by_key ON attempt (key, at);

-- Forms that were sent, so that each is done once; answer: '' while it is being done.
CREATE TABLE form (
    digest BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    answer TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Views of LEADS. account: whose it is, '' for a shared one of an account that was removed; query:
-- the parameters of an address, without words that were searched.
CREATE TABLE saved_view (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    account TEXT NOT NULL,
    shared INTEGER NOT NULL,
    query TEXT NOT NULL
) STRICT;
CREATE INDEX saved_view_by_account ON saved_view (account, name);

-- With which view LEADS is opened.
CREATE TABLE default_view (
    account TEXT PRIMARY KEY,
    view INTEGER NOT NULL REFERENCES saved_view (id)
) STRICT, WITHOUT ROWID;
