-- Of a login by OpenID Connect, a digest of its session at the issuer, which the issuer can end;
-- x'' if it named none, and for other logins.
ALTER TABLE session ADD COLUMN of_issuer BLOB NOT NULL DEFAULT x'';
