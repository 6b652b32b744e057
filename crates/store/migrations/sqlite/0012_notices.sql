-- Nothing was ever written to this table. A warning is told of when it is raised and again when it is over, and the
-- channel remembers both.
DROP TABLE notices;
CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES notice_channels (id) ON DELETE CASCADE,
    warning_id TEXT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    UNIQUE (channel_id, warning_id, event)
) STRICT;
CREATE INDEX notices_newest ON notices (channel_id, created_at);
CREATE INDEX notices_age ON notices (created_at);
