-- Where people sign in for an enrolment: an OpenID provider, one row.
CREATE TABLE federation_settings (
    singleton INTEGER NOT NULL PRIMARY KEY,
    settings TEXT NOT NULL,
    client_secret BLOB,
    updated_at INTEGER NOT NULL
) STRICT;
-- What a sign-in brought a device, by hash: good for one enrolment within minutes.
CREATE TABLE sign_in_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    token_sha256 TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    spent_on TEXT
) STRICT;
CREATE INDEX sign_in_tokens_end ON sign_in_tokens (expires_at);
