-- Groups of devices and of people. Where there is a rule (JSON), it says who belongs to one; else its members do.
CREATE TABLE groups (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    description TEXT COLLATE "C" NOT NULL,
    of_what TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Either a device or a person.
CREATE TABLE group_members (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    device_id TEXT COLLATE "C" REFERENCES devices (id) ON DELETE CASCADE,
    person_id TEXT COLLATE "C" REFERENCES people (id) ON DELETE CASCADE,
    UNIQUE (group_id, device_id),
    UNIQUE (group_id, person_id)
);
CREATE INDEX group_members_device ON group_members (device_id);
CREATE INDEX group_members_person ON group_members (person_id);
