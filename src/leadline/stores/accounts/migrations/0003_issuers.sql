-- issuer and subject: whom an account belongs to, who logs in by OpenID Connect; '' for others.
ALTER TABLE account ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX account_by_subject ON account (issuer, subject) WHERE issuer <> '';
