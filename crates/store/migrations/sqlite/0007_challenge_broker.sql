-- Who waits for a challenge, in which order, and what is known of each authority's capacity. The queue doesn't refer to
-- authorities by foreign key, as deliveries don't.

-- What a challenge was asked for, and why it ended where its fate alone doesn't say it.
ALTER TABLE challenges ADD COLUMN purpose TEXT NOT NULL DEFAULT 'delivery';
UPDATE challenges SET purpose = 'order' WHERE delivery_id IS NULL;
ALTER TABLE challenges ADD COLUMN ended_because TEXT;
CREATE INDEX challenges_taken ON challenges (authority_id, taken_at);

-- A delivery keeps its place from "since" on, whatever sessions come and go; "present_until" while its device is in
-- session.
CREATE TABLE challenge_queue (
    authority_id TEXT NOT NULL,
    delivery_id TEXT NOT NULL UNIQUE REFERENCES deliveries (id),
    device_id TEXT NOT NULL REFERENCES devices (id),
    since INTEGER NOT NULL,
    present_until INTEGER NOT NULL,
    cause TEXT NOT NULL,
    PRIMARY KEY (authority_id, delivery_id)
) STRICT;
CREATE INDEX challenge_queue_order ON challenge_queue (authority_id, since, delivery_id);

-- What an authority was learned to hold, and the circuit breaker with its one probe.
CREATE TABLE authority_capacity (
    authority_id TEXT NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    learned_max INTEGER,
    learned_at INTEGER,
    mode TEXT NOT NULL,
    full_streak INTEGER NOT NULL,
    down_streak INTEGER NOT NULL,
    open_until INTEGER,
    probe TEXT,
    probe_until INTEGER,
    forgotten_before INTEGER
) STRICT;

-- One sign-in at a time over all nodes, while the password is not proved.
CREATE TABLE sign_in_turns (
    authority_id TEXT NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- Attempts that count against a device: those that failed for the authority's sake don't.
ALTER TABLE deliveries ADD COLUMN charged INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deliveries_authority ON deliveries (authority_id, state) WHERE is_current;
-- The poll interval that a device was told, where it is another than its usual one.
ALTER TABLE devices ADD COLUMN poll_minutes INTEGER;
