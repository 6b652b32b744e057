-- Who waits for a challenge, in which order, and what is known of each authority's capacity. The queue doesn't refer to
-- authorities by foreign key, as deliveries don't.

-- What a challenge was asked for, and why it ended where its fate alone doesn't say it.
ALTER TABLE challenges ADD COLUMN purpose TEXT COLLATE "C" NOT NULL DEFAULT 'delivery';
UPDATE challenges SET purpose = 'order' WHERE delivery_id IS NULL;
ALTER TABLE challenges ADD COLUMN ended_because TEXT COLLATE "C";
CREATE INDEX challenges_taken ON challenges (authority_id, taken_at);

-- A delivery keeps its place from "since" on, whatever sessions come and go; "present_until" while its device is in
-- session.
CREATE TABLE challenge_queue (
    authority_id TEXT COLLATE "C" NOT NULL,
    delivery_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES deliveries (id),
    device_id TEXT COLLATE "C" NOT NULL REFERENCES devices (id),
    since BIGINT NOT NULL,
    present_until BIGINT NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (authority_id, delivery_id)
);
CREATE INDEX challenge_queue_order ON challenge_queue (authority_id, since, delivery_id);

-- What an authority was learned to hold, and the circuit breaker with its one probe.
CREATE TABLE authority_capacity (
    authority_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    learned_max BIGINT,
    learned_at BIGINT,
    mode TEXT COLLATE "C" NOT NULL,
    full_streak BIGINT NOT NULL,
    down_streak BIGINT NOT NULL,
    open_until BIGINT,
    probe TEXT COLLATE "C",
    probe_until BIGINT,
    forgotten_before BIGINT
);

-- One sign-in at a time over all nodes, while the password is not proved.
CREATE TABLE sign_in_turns (
    authority_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    holder TEXT COLLATE "C" NOT NULL,
    until BIGINT NOT NULL
);

-- Attempts that count against a device: those that failed for the authority's sake don't.
ALTER TABLE deliveries ADD COLUMN charged BIGINT NOT NULL DEFAULT 0;
CREATE INDEX deliveries_authority ON deliveries (authority_id, state) WHERE is_current;
-- The poll interval that a device was told, where it is another than its usual one.
ALTER TABLE devices ADD COLUMN poll_minutes BIGINT;
