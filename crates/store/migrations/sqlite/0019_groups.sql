-- Groups of devices and of people. Where there is a rule (JSON), it says who belongs to one; else its members do.
CREATE TABLE groups (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    of_what TEXT NOT NULL,
    rule TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Either a device or a person.
CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    device_id TEXT REFERENCES devices (id) ON DELETE CASCADE,
    person_id TEXT REFERENCES people (id) ON DELETE CASCADE,
    UNIQUE (group_id, device_id),
    UNIQUE (group_id, person_id)
) STRICT;
CREATE INDEX group_members_device ON group_members (device_id);
CREATE INDEX group_members_person ON group_members (person_id);
