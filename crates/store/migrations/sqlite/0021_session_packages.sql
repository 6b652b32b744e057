-- A device's package of several messages: what of it waits for its end (sealed), and in how many of our messages we
-- asked for the rest. What the device said of its limits and of the kind of session.
ALTER TABLE mdm_sessions ADD COLUMN package BLOB;
ALTER TABLE mdm_sessions ADD COLUMN next_messages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mdm_sessions ADD COLUMN max_object_octets INTEGER;
ALTER TABLE mdm_sessions ADD COLUMN sync_type TEXT;
