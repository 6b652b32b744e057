-- How devices are woken: the account at the Windows Push Notification Services, one row, and how it goes, as JSON.
CREATE TABLE push_settings (
    singleton BIGINT NOT NULL PRIMARY KEY,
    -- The PFN that devices are given; none while nothing is pushed.
    pfn TEXT COLLATE "C",
    settings TEXT COLLATE "C" NOT NULL,
    client_secret BYTEA,
    state TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);
-- How a device can be woken, as JSON, without its channel.
ALTER TABLE devices ADD COLUMN push TEXT COLLATE "C";
-- Where a device is woken, sealed: whoever knows the address and has the account can wake it.
CREATE TABLE push_channels (
    device_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    channel BYTEA NOT NULL
);
