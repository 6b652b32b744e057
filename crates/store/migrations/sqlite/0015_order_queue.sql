-- Orders that wait for a challenge. Whoever orders the same again keeps the place until `kept_until`.
CREATE TABLE order_queue (
    wish_sha256 TEXT NOT NULL PRIMARY KEY,
    authority_id TEXT NOT NULL REFERENCES authorities (id) ON DELETE CASCADE,
    since INTEGER NOT NULL,
    present_until INTEGER NOT NULL,
    kept_until INTEGER NOT NULL
) STRICT;
CREATE INDEX order_queue_order ON order_queue (authority_id, since, wish_sha256);
CREATE INDEX challenges_purpose ON challenges (authority_id, purpose, claimed_at);
