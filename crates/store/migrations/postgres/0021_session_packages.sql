-- A device's package of several messages: what of it waits for its end (sealed), and in how many of our messages we
-- asked for the rest. What the device said of its limits and of the kind of session.
ALTER TABLE mdm_sessions ADD COLUMN package BYTEA;
ALTER TABLE mdm_sessions ADD COLUMN next_messages BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mdm_sessions ADD COLUMN max_object_octets BIGINT;
ALTER TABLE mdm_sessions ADD COLUMN sync_type TEXT COLLATE "C";
