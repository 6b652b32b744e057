-- That a device is to leave, as JSON; when it was last told to; and how it left.
ALTER TABLE devices ADD COLUMN removal TEXT;
ALTER TABLE devices ADD COLUMN told_to_leave_at BIGINT;
ALTER TABLE devices ADD COLUMN left_how TEXT;
-- Until now only users ended the management.
UPDATE devices SET left_how = 'user' WHERE unenrolled_at IS NOT NULL;
CREATE INDEX devices_told_to_leave ON devices (told_to_leave_at)
    WHERE told_to_leave_at IS NOT NULL AND unenrolled_at IS NULL;
