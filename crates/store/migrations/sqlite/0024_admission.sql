-- Who may enrol devices, and how many: one row, as JSON.
CREATE TABLE admission (
    singleton INTEGER NOT NULL PRIMARY KEY,
    rules TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
-- A code that a person types once instead of a password. A person has one at most.
CREATE TABLE enrolment_codes (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
    hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- The identity that it was spent on: the same request again still passes.
    spent_on TEXT
) STRICT;
