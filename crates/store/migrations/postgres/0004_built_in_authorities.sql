-- Sceau's own authorities: their keys and certificates, the one-time challenges that they gave out, and what they
-- issued. Issuances and challenges don't refer to authorities by foreign key: the past outlives them.
CREATE TABLE built_in_authorities (
    authority_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL UNIQUE,
    signing_key TEXT COLLATE "C" NOT NULL,
    certificate BYTEA NOT NULL,
    chain TEXT COLLATE "C" NOT NULL,
    root_key BYTEA,
    ra_signing_certificate BYTEA NOT NULL,
    ra_signing_key BYTEA NOT NULL,
    ra_encryption_certificate BYTEA NOT NULL,
    ra_encryption_key BYTEA NOT NULL,
    rules TEXT COLLATE "C" NOT NULL,
    next_certificate BYTEA,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE one_time_challenges (
    sha256 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id TEXT COLLATE "C" NOT NULL,
    owner_kind TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    wanted TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    validity_milliseconds BIGINT NOT NULL
);
CREATE INDEX one_time_challenges_expiry ON one_time_challenges (expires_at);
CREATE INDEX one_time_challenges_owner ON one_time_challenges (owner_kind, owner_id);

CREATE TABLE issuances (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    transaction_id TEXT COLLATE "C" NOT NULL,
    renews TEXT COLLATE "C",
    key_sha256 TEXT COLLATE "C" NOT NULL,
    signer_sha256 TEXT COLLATE "C" NOT NULL,
    owner_kind TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    wanted TEXT COLLATE "C" NOT NULL,
    public_key BYTEA NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    certificate BYTEA,
    requested_at BIGINT NOT NULL,
    issued_at BIGINT,
    revoked_at BIGINT,
    revocation_reason TEXT COLLATE "C",
    -- What spent it: one challenge, one issuance.
    challenge_sha256 TEXT COLLATE "C" UNIQUE,
    UNIQUE (authority_id, serial),
    -- A renewal that is asked for again finds itself; what a challenge proves is found by the challenge.
    UNIQUE (authority_id, transaction_id, renews)
);
CREATE INDEX issuances_newest ON issuances (authority_id, id);
CREATE INDEX issuances_open ON issuances (state, id) WHERE state IN ('pending', 'intended');
CREATE INDEX issuances_revoked ON issuances (authority_id, revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE revocation_lists (
    authority_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    der BYTEA NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL
);
