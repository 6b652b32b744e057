-- Which identity of a device takes the place of which, and when each was first used in a session.
ALTER TABLE identities ADD COLUMN renews TEXT COLLATE "C" REFERENCES identities (id);
ALTER TABLE identities ADD COLUMN first_used_at BIGINT;
CREATE INDEX identities_end ON identities (not_after);
