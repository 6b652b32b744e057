-- Tokens that enrol many devices for one person without a password being typed: provisioning packages, programs.
CREATE TABLE enrolment_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    token_sha256 TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES people (id),
    devices INTEGER NOT NULL,
    used INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    withdrawn_at INTEGER
) STRICT;
