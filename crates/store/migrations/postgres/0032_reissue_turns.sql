-- When the next certificate of an authority may be issued again for a value that changed: many at once take turns.
CREATE TABLE reissue_turns (
    authority_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES authorities (id) ON DELETE CASCADE,
    next_at BIGINT NOT NULL
);
