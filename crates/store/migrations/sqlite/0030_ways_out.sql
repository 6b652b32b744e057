-- What the law wants erased goes out of the audit's rows too: a row that was emptied says so, and keeps its seal. Rows are
-- sealed with a random salt, which is erased with the row: the seal then tells nothing of what was there.
ALTER TABLE audit_entries ADD COLUMN salt BLOB;
ALTER TABLE audit_entries ADD COLUMN is_erased INTEGER NOT NULL DEFAULT 0;
