-- Directories (LDAP) that people and groups are read from; settings and state are JSON, the password is sealed.
CREATE TABLE directories (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    bind_password BLOB NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The entry that a person comes from, by its stable identity, and which attributes it gave (JSON).
CREATE TABLE directory_people (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    directory_id TEXT NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    dn TEXT NOT NULL,
    fields TEXT NOT NULL,
    is_disabled INTEGER NOT NULL,
    gone_at INTEGER,
    UNIQUE (directory_id, external_id)
) STRICT;

-- The same of a group.
CREATE TABLE directory_groups (
    group_id TEXT NOT NULL PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    directory_id TEXT NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    gone_at INTEGER,
    UNIQUE (directory_id, external_id)
) STRICT;

-- The newest sign-ins that a directory refused.
CREATE TABLE directory_refusals (
    id TEXT NOT NULL PRIMARY KEY,
    directory_id TEXT NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    username TEXT NOT NULL,
    key TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX directory_refusals_directory ON directory_refusals (directory_id, id);
