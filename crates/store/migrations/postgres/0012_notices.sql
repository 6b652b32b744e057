-- Nothing was ever written to this table. A warning is told of when it is raised and again when it is over, and the
-- channel remembers both.
DROP TABLE notices;
CREATE TABLE notices (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    channel_id TEXT COLLATE "C" NOT NULL REFERENCES notice_channels (id) ON DELETE CASCADE,
    warning_id TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    body TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    UNIQUE (channel_id, warning_id, event)
);
CREATE INDEX notices_newest ON notices (channel_id, created_at);
CREATE INDEX notices_age ON notices (created_at);
