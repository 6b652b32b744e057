-- Sceau's own authorities: their keys and certificates, the one-time challenges that they gave out, and what they
-- issued. Issuances and challenges don't refer to authorities by foreign key: the past outlives them.
CREATE TABLE built_in_authorities (
    authority_id TEXT NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    path TEXT NOT NULL UNIQUE,
    signing_key TEXT NOT NULL,
    certificate BLOB NOT NULL,
    chain TEXT NOT NULL,
    root_key BLOB,
    ra_signing_certificate BLOB NOT NULL,
    ra_signing_key BLOB NOT NULL,
    ra_encryption_certificate BLOB NOT NULL,
    ra_encryption_key BLOB NOT NULL,
    rules TEXT NOT NULL,
    next_certificate BLOB,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE one_time_challenges (
    sha256 TEXT NOT NULL PRIMARY KEY,
    authority_id TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    wanted TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    validity_milliseconds INTEGER NOT NULL
) STRICT;
CREATE INDEX one_time_challenges_expiry ON one_time_challenges (expires_at);
CREATE INDEX one_time_challenges_owner ON one_time_challenges (owner_kind, owner_id);

CREATE TABLE issuances (
    id TEXT NOT NULL PRIMARY KEY,
    authority_id TEXT NOT NULL,
    serial TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    renews TEXT,
    key_sha256 TEXT NOT NULL,
    signer_sha256 TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    wanted TEXT NOT NULL,
    public_key BLOB NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    state TEXT NOT NULL,
    certificate BLOB,
    requested_at INTEGER NOT NULL,
    issued_at INTEGER,
    revoked_at INTEGER,
    revocation_reason TEXT,
    -- What spent it: one challenge, one issuance.
    challenge_sha256 TEXT UNIQUE,
    UNIQUE (authority_id, serial),
    -- A renewal that is asked for again finds itself; what a challenge proves is found by the challenge.
    UNIQUE (authority_id, transaction_id, renews)
) STRICT;
CREATE INDEX issuances_newest ON issuances (authority_id, id);
CREATE INDEX issuances_open ON issuances (state, id) WHERE state IN ('pending', 'intended');
CREATE INDEX issuances_revoked ON issuances (authority_id, revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE revocation_lists (
    authority_id TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    der BLOB NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER NOT NULL
) STRICT;
