-- The secret by which a device proves itself inside a session (OMA-DM, syncml:auth-md5), sealed. One for each enrolment,
-- kept only while the settings ask for it.
CREATE TABLE dm_accounts (
    device_id TEXT NOT NULL PRIMARY KEY REFERENCES devices (id),
    identity_id TEXT NOT NULL REFERENCES identities (id),
    secret BLOB NOT NULL
) STRICT;
