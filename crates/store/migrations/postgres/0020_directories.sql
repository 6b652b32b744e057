-- Directories (LDAP) that people and groups are read from; settings and state are JSON, the password is sealed.
CREATE TABLE directories (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    settings TEXT COLLATE "C" NOT NULL,
    bind_password BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The entry that a person comes from, by its stable identity, and which attributes it gave (JSON).
CREATE TABLE directory_people (
    person_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    directory_id TEXT COLLATE "C" NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
    external_id TEXT COLLATE "C" NOT NULL,
    dn TEXT COLLATE "C" NOT NULL,
    fields TEXT COLLATE "C" NOT NULL,
    is_disabled BOOLEAN NOT NULL,
    gone_at BIGINT,
    UNIQUE (directory_id, external_id)
);

-- The same of a group.
CREATE TABLE directory_groups (
    group_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    directory_id TEXT COLLATE "C" NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
    external_id TEXT COLLATE "C" NOT NULL,
    gone_at BIGINT,
    UNIQUE (directory_id, external_id)
);

-- The newest sign-ins that a directory refused.
CREATE TABLE directory_refusals (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    directory_id TEXT COLLATE "C" NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    username TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL
);
CREATE INDEX directory_refusals_directory ON directory_refusals (directory_id, id);
