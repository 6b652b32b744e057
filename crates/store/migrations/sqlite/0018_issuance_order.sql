-- Everything that an enrolment writes lies at the end of its table or index. The index over every transactionID, which
-- are random, cost a page of its own for each: only what began pending is polled, and only renewals are found by the
-- certificate that they renew. Certificates are found by a number, so that their table needs no index beside it.
CREATE TABLE issuances_in_order (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
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
    -- A person had to approve it first: its client polls.
    began_pending INTEGER NOT NULL,
    requested_at INTEGER NOT NULL,
    issued_at INTEGER,
    revoked_at INTEGER,
    revocation_reason TEXT,
    -- What spent it: one challenge, one issuance.
    challenge_key TEXT UNIQUE,
    UNIQUE (authority_id, serial)
) STRICT;
-- Which ones began pending was not kept: any of them may be polled.
INSERT INTO issuances_in_order (id, authority_id, serial, transaction_id, renews, key_sha256, signer_sha256, owner_kind,
    owner_id, wanted, public_key, not_before, not_after, state, began_pending, requested_at, issued_at, revoked_at,
    revocation_reason, challenge_key)
    SELECT id, authority_id, serial, transaction_id, renews, key_sha256, signer_sha256, owner_kind, owner_id, wanted,
        public_key, not_before, not_after, state, 1, requested_at, issued_at, revoked_at, revocation_reason, challenge_key
    FROM issuances ORDER BY id;
CREATE TABLE certificates_in_order (
    issuance_number INTEGER PRIMARY KEY,
    der BLOB NOT NULL
) STRICT;
INSERT INTO certificates_in_order (issuance_number, der)
    SELECT i.number, c.der FROM issuances_in_order i JOIN issuance_certificates c ON c.issuance_id = i.id ORDER BY i.number;
DROP TABLE issuances;
DROP TABLE issuance_certificates;
ALTER TABLE issuances_in_order RENAME TO issuances;
ALTER TABLE certificates_in_order RENAME TO issuance_certificates;
CREATE INDEX issuances_newest ON issuances (authority_id, id);
CREATE INDEX issuances_owner ON issuances (owner_kind, owner_id);
CREATE INDEX issuances_open ON issuances (state, id) WHERE state IN ('pending', 'intended');
CREATE INDEX issuances_revoked ON issuances (authority_id, revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX issuances_polled ON issuances (authority_id, transaction_id) WHERE began_pending;
-- A renewal that is asked for again finds itself; what a challenge proves is found by the challenge.
CREATE UNIQUE INDEX issuances_renewals ON issuances (authority_id, transaction_id, renews) WHERE renews IS NOT NULL;
