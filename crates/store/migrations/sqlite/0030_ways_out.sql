-- What the law wants erased goes out of the audit's rows too: a row that was emptied says so, and keeps its seal. Rows are
-- sealed with a random salt, which is erased with the row: the seal then tells nothing of what was there.
ALTER TABLE audit_entries ADD COLUMN salt BLOB;
ALTER TABLE audit_entries ADD COLUMN is_erased INTEGER NOT NULL DEFAULT 0;

-- A warning may be about devices, and no authority then.
CREATE TABLE warnings_of_all (
    id TEXT NOT NULL PRIMARY KEY,
    authority_id TEXT REFERENCES authorities (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    threshold INTEGER NOT NULL,
    values_json TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
INSERT INTO warnings_of_all (id, authority_id, kind, about, threshold, values_json, raised_at, ended_at)
    SELECT id, authority_id, kind, about, threshold, values_json, raised_at, ended_at FROM warnings;
DROP TABLE warnings;
ALTER TABLE warnings_of_all RENAME TO warnings;
CREATE UNIQUE INDEX warnings_once ON warnings (COALESCE(authority_id, ''), kind, about, threshold);

-- When it was told that a device wasn't heard of for long, and leaves if that goes on.
ALTER TABLE devices ADD COLUMN silence_told_at INTEGER;
CREATE INDEX devices_told_of_silence ON devices (silence_told_at)
    WHERE silence_told_at IS NOT NULL AND unenrolled_at IS NULL;
