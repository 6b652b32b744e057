-- Identity providers that write people and groups (SCIM 2.0).
CREATE TABLE scim_sources (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    adopts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- What they show; only its hash is kept.
CREATE TABLE scim_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES scim_sources (id) ON DELETE CASCADE,
    token_sha256 TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX scim_tokens_source ON scim_tokens (source_id, id);

-- Who was written by a source, with what it wrote and which attributes it gave (JSON). The person's id is the
-- resource's: what the source calls it need not be there, and changes.
CREATE TABLE scim_people (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    source_id TEXT NOT NULL REFERENCES scim_sources (id) ON DELETE CASCADE,
    external_id TEXT,
    resource TEXT NOT NULL,
    fields TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    gone_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX scim_people_source ON scim_people (source_id, person_id);
CREATE INDEX scim_people_external ON scim_people (source_id, external_id);

-- The same of a group; its name and members are the group's own.
CREATE TABLE scim_groups (
    group_id TEXT NOT NULL PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    source_id TEXT NOT NULL REFERENCES scim_sources (id) ON DELETE CASCADE,
    external_id TEXT,
    gone_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX scim_groups_source ON scim_groups (source_id, group_id);
