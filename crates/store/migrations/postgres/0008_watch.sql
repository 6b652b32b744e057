-- What is watched of authorities, what it came to, and who is told. What tells the past doesn't refer to authorities by
-- foreign key: it outlives them.

-- The latest result of each step of looking at an authority, and since when it is so.
CREATE TABLE authority_checks (
    authority_id TEXT COLLATE "C" NOT NULL REFERENCES authorities (id) ON DELETE CASCADE,
    step TEXT COLLATE "C" NOT NULL,
    result TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    values_json TEXT NOT NULL,
    milliseconds BIGINT NOT NULL,
    at BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (authority_id, step)
);

-- What authorities were asked for and how it went. Rows are added, never counted up: one row of figures would be fought
-- over.
CREATE TABLE authority_attempts (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    authority_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    milliseconds BIGINT NOT NULL,
    delivery_id TEXT COLLATE "C"
);
CREATE INDEX authority_attempts_newest ON authority_attempts (authority_id, at);
CREATE INDEX authority_attempts_age ON authority_attempts (at);

-- A chain that was seen and that no person has taken over yet.
CREATE TABLE authority_pending_chains (
    authority_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    capabilities TEXT NOT NULL,
    certificates TEXT NOT NULL,
    issuer_sha1 TEXT COLLATE "C" NOT NULL,
    seen_sha256 TEXT COLLATE "C" NOT NULL,
    seen_at BIGINT NOT NULL
);

-- Each threshold of each matter warns once, whichever node sees it first.
CREATE TABLE warnings (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id TEXT COLLATE "C" NOT NULL REFERENCES authorities (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    about TEXT COLLATE "C" NOT NULL,
    threshold BIGINT NOT NULL,
    values_json TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (authority_id, kind, about, threshold)
);

CREATE TABLE notice_channels (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    secret BYTEA,
    is_enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What is to be sent, and what was. A notice outlives its warning.
CREATE TABLE notices (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    channel_id TEXT COLLATE "C" NOT NULL REFERENCES notice_channels (id) ON DELETE CASCADE,
    warning_id TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    UNIQUE (channel_id, warning_id)
);
