-- What is known of certificates in the trust stores of devices.
CREATE TABLE device_trust (
    device_id TEXT COLLATE "C" NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    sha1 TEXT COLLATE "C" NOT NULL,
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (device_id, sha1)
);
