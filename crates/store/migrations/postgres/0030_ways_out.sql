-- What the law wants erased goes out of the audit's rows too: a row that was emptied says so, and keeps its seal. Rows are
-- sealed with a random salt, which is erased with the row: the seal then tells nothing of what was there.
ALTER TABLE audit_entries ADD COLUMN salt BYTEA;
ALTER TABLE audit_entries ADD COLUMN is_erased BOOLEAN NOT NULL DEFAULT FALSE;

-- A warning may be about devices, and no authority then.
ALTER TABLE warnings ALTER COLUMN authority_id DROP NOT NULL;
ALTER TABLE warnings DROP CONSTRAINT warnings_authority_id_kind_about_threshold_key;
CREATE UNIQUE INDEX warnings_once ON warnings (COALESCE(authority_id, ''), kind, about, threshold);

-- When it was told that a device wasn't heard of for long, and leaves if that goes on.
ALTER TABLE devices ADD COLUMN silence_told_at BIGINT;
CREATE INDEX devices_told_of_silence ON devices (silence_told_at)
    WHERE silence_told_at IS NOT NULL AND unenrolled_at IS NULL;
