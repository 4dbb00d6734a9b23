-- Times are microseconds since 1970; digests are SHA-256.
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    role INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    password TEXT NOT NULL,
    person TEXT NOT NULL,
    zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE token (
    name TEXT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    scope INTEGER NOT NULL,
    role INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    seen_at INTEGER
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
