-- When a device was last asked whether it still trusts a certificate, and since when a certificate that was given to it is
-- to be taken back.
ALTER TABLE device_trust ADD COLUMN checked_at INTEGER;
ALTER TABLE device_trust ADD COLUMN unwanted_at INTEGER;
