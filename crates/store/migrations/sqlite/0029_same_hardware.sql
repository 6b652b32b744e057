-- Managed devices by what they say of their hardware, and when one last showed an identity that it had renewed long ago.
CREATE INDEX devices_of_hardware ON devices (hardware_id, id) WHERE unenrolled_at IS NULL AND hardware_id IS NOT NULL;
ALTER TABLE devices ADD COLUMN old_identity_at INTEGER;
