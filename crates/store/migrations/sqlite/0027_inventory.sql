-- What a device tells of itself when it is asked now and then, as JSON.
ALTER TABLE devices ADD COLUMN inventory TEXT;

-- The certificates in its stores, as JSON: apart, since the device's row is read in each session.
CREATE TABLE device_stores (
    device_id TEXT NOT NULL PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    listing TEXT NOT NULL
) STRICT;
