-- How devices are woken: the account at the Windows Push Notification Services, one row, and how it goes, as JSON.
CREATE TABLE push_settings (
    singleton INTEGER NOT NULL PRIMARY KEY,
    -- The PFN that devices are given; none while nothing is pushed.
    pfn TEXT,
    settings TEXT NOT NULL,
    client_secret BLOB,
    state TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
-- How a device can be woken, as JSON, without its channel.
ALTER TABLE devices ADD COLUMN push TEXT;
-- Where a device is woken, sealed: whoever knows the address and has the account can wake it.
CREATE TABLE push_channels (
    device_id TEXT NOT NULL PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    channel BLOB NOT NULL
) STRICT;
