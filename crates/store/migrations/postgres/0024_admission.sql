-- Who may enrol devices, and how many: one row, as JSON.
CREATE TABLE admission (
    singleton BIGINT NOT NULL PRIMARY KEY,
    rules TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);
-- A code that a person types once instead of a password. A person has one at most.
CREATE TABLE enrolment_codes (
    person_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES people (id),
    hash TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- The identity that it was spent on: the same request again still passes.
    spent_on TEXT COLLATE "C"
);
