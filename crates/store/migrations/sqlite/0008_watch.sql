-- What is watched of authorities, what it came to, and who is told. What tells the past doesn't refer to authorities by
-- foreign key: it outlives them.

-- The latest result of each step of looking at an authority, and since when it is so.
CREATE TABLE authority_checks (
    authority_id TEXT NOT NULL REFERENCES authorities (id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    result TEXT NOT NULL,
    key TEXT NOT NULL,
    values_json TEXT NOT NULL,
    milliseconds INTEGER NOT NULL,
    at INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (authority_id, step)
) STRICT;

-- What authorities were asked for and how it went. Rows are added, never counted up: one row of figures would be fought
-- over.
CREATE TABLE authority_attempts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    authority_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    outcome TEXT NOT NULL,
    milliseconds INTEGER NOT NULL,
    delivery_id TEXT
) STRICT;
CREATE INDEX authority_attempts_newest ON authority_attempts (authority_id, at);
CREATE INDEX authority_attempts_age ON authority_attempts (at);

-- A chain that was seen and that no person has taken over yet.
CREATE TABLE authority_pending_chains (
    authority_id TEXT NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    capabilities TEXT NOT NULL,
    certificates TEXT NOT NULL,
    issuer_sha1 TEXT NOT NULL,
    seen_sha256 TEXT NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;

-- Each threshold of each matter warns once, whichever node sees it first.
CREATE TABLE warnings (
    id TEXT NOT NULL PRIMARY KEY,
    authority_id TEXT NOT NULL REFERENCES authorities (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    threshold INTEGER NOT NULL,
    values_json TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    ended_at INTEGER,
    UNIQUE (authority_id, kind, about, threshold)
) STRICT;

CREATE TABLE notice_channels (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    secret BLOB,
    is_enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- What is to be sent, and what was. A notice outlives its warning.
CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES notice_channels (id) ON DELETE CASCADE,
    warning_id TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    UNIQUE (channel_id, warning_id)
) STRICT;
