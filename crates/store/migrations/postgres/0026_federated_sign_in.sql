-- Where people sign in for an enrolment: an OpenID provider, one row.
CREATE TABLE federation_settings (
    singleton BIGINT NOT NULL PRIMARY KEY,
    settings TEXT COLLATE "C" NOT NULL,
    client_secret BYTEA,
    updated_at BIGINT NOT NULL
);
-- What a sign-in brought a device, by hash: good for one enrolment within minutes.
CREATE TABLE sign_in_tokens (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_sha256 TEXT COLLATE "C" NOT NULL UNIQUE,
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_on TEXT COLLATE "C"
);
CREATE INDEX sign_in_tokens_end ON sign_in_tokens (expires_at);
