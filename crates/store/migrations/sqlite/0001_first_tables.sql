-- Times are milliseconds since 1970-01-01T00:00:00Z; nested values are JSON text beside the columns that lists
-- filter on. What tells the past (deliveries, transactions, challenges, audit) doesn't refer to authorities,
-- configurations and operators by foreign key: it outlives them.

CREATE TABLE people (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    attributes TEXT NOT NULL,
    search TEXT NOT NULL,
    enrolment_password TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE operators (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE console_sessions (
    token_sha256 TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX console_sessions_operator ON console_sessions (operator_id);
CREATE INDEX console_sessions_expiry ON console_sessions (expires_at);

CREATE TABLE one_time_logins (
    token_sha256 TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX one_time_logins_operator ON one_time_logins (operator_id);

CREATE TABLE api_tokens (
    token_sha256 TEXT NOT NULL PRIMARY KEY,
    operator_id TEXT NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE INDEX api_tokens_operator ON api_tokens (operator_id);

CREATE TABLE login_attempts (
    who TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX login_attempts_age ON login_attempts (last_at);

CREATE TABLE authorities (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    scep_url TEXT NOT NULL,
    username TEXT NOT NULL,
    password BLOB NOT NULL,
    challenge_url TEXT NOT NULL,
    is_plain_http_accepted INTEGER NOT NULL,
    trust_pem TEXT,
    limits TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    certificates TEXT NOT NULL,
    issuer_sha1 TEXT NOT NULL,
    checked_at INTEGER NOT NULL,
    health TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE configurations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    authority_id TEXT NOT NULL REFERENCES authorities (id),
    settings TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX configurations_authority ON configurations (authority_id);

CREATE TABLE assignments (
    configuration_id TEXT NOT NULL PRIMARY KEY REFERENCES configurations (id) ON DELETE CASCADE,
    is_enabled INTEGER NOT NULL,
    scope TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    person_id TEXT REFERENCES people (id),
    windows_id TEXT NOT NULL,
    hardware_id TEXT,
    enrollment_type TEXT NOT NULL,
    os_version TEXT,
    manufacturer TEXT,
    model TEXT,
    serial_number TEXT,
    language TEXT,
    imei TEXT,
    wifi_mac TEXT,
    search TEXT NOT NULL,
    is_polling_fast INTEGER NOT NULL,
    enrolled_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    unenrolled_at INTEGER
) STRICT;
CREATE UNIQUE INDEX devices_of_enrolment ON devices (person_id, windows_id);

CREATE TABLE identities (
    id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (id),
    message_id TEXT NOT NULL,
    csr_sha256 TEXT NOT NULL,
    serial TEXT NOT NULL UNIQUE,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    certificate BLOB,
    sha256 TEXT UNIQUE,
    revoked_at INTEGER,
    UNIQUE (message_id, csr_sha256)
) STRICT;
CREATE INDEX identities_device ON identities (device_id);

CREATE TABLE mdm_sessions (
    device_id TEXT NOT NULL PRIMARY KEY REFERENCES devices (id),
    session_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    client_message INTEGER NOT NULL,
    client_message_sha256 TEXT NOT NULL,
    server_message INTEGER NOT NULL,
    answer BLOB NOT NULL,
    login TEXT,
    max_message_octets INTEGER,
    held_rounds INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    is_over INTEGER NOT NULL
) STRICT;

CREATE TABLE sent_commands (
    device_id TEXT NOT NULL REFERENCES devices (id),
    id TEXT NOT NULL,
    server_message INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (device_id, id)
) STRICT;

CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (id),
    configuration_id TEXT NOT NULL,
    configuration_version INTEGER NOT NULL,
    authority_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    is_current INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_values TEXT NOT NULL,
    subject TEXT NOT NULL,
    sans TEXT NOT NULL,
    token_sha256 TEXT UNIQUE,
    secret BLOB,
    challenge_taken_at INTEGER,
    is_on_device INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX deliveries_current ON deliveries (device_id, configuration_id) WHERE is_current;
CREATE INDEX deliveries_device ON deliveries (device_id, id);
CREATE INDEX deliveries_configuration ON deliveries (configuration_id, state, id) WHERE is_current;
CREATE INDEX deliveries_configuration_newest ON deliveries (configuration_id, id) WHERE is_current;
CREATE INDEX deliveries_state ON deliveries (state, id, device_id) WHERE is_current;

CREATE TABLE challenges (
    id TEXT NOT NULL PRIMARY KEY,
    authority_id TEXT NOT NULL,
    delivery_id TEXT REFERENCES deliveries (id),
    fate TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    taken_at INTEGER,
    ended_at INTEGER
) STRICT;
CREATE INDEX challenges_delivery ON challenges (delivery_id, id);
CREATE INDEX challenges_authority ON challenges (authority_id, fate);

CREATE TABLE challenge_slots (
    authority_id TEXT NOT NULL,
    slot INTEGER NOT NULL,
    challenge_id TEXT NOT NULL UNIQUE,
    held_until INTEGER NOT NULL,
    PRIMARY KEY (authority_id, slot)
) STRICT;
CREATE INDEX challenge_slots_expiry ON challenge_slots (held_until);

CREATE TABLE challenge_totals (
    authority_id TEXT NOT NULL PRIMARY KEY,
    most_out INTEGER NOT NULL
) STRICT;

CREATE TABLE scep_transactions (
    id TEXT NOT NULL PRIMARY KEY,
    authority_id TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    message_type INTEGER NOT NULL,
    request_sha256 TEXT NOT NULL,
    state TEXT NOT NULL,
    state_values TEXT NOT NULL,
    answer BLOB,
    forwarded_at INTEGER NOT NULL,
    answered_at INTEGER
) STRICT;
-- The first transactionID claims a delivery's URL.
CREATE UNIQUE INDEX scep_transactions_delivery ON scep_transactions (owner_id) WHERE owner_kind = 'delivery';
CREATE INDEX scep_transactions_owner ON scep_transactions (owner_kind, owner_id);
CREATE INDEX scep_transactions_transaction ON scep_transactions (authority_id, transaction_id);
CREATE INDEX scep_transactions_state ON scep_transactions (state, forwarded_at)
    WHERE state IN ('forwarded', 'outcome_unknown');

CREATE TABLE orders (
    id TEXT NOT NULL PRIMARY KEY,
    authority_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    sans TEXT NOT NULL,
    token_sha256 TEXT NOT NULL UNIQUE,
    operator_id TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE certificates (
    device_id TEXT NOT NULL REFERENCES devices (id),
    sha1 TEXT NOT NULL,
    delivery_id TEXT NOT NULL REFERENCES deliveries (id),
    verified_by TEXT NOT NULL,
    subject TEXT NOT NULL,
    issuer TEXT,
    serial TEXT,
    not_before INTEGER,
    not_after INTEGER,
    der BLOB,
    search TEXT NOT NULL,
    verified_at INTEGER NOT NULL,
    removed_at INTEGER,
    PRIMARY KEY (device_id, sha1)
) STRICT;
CREATE INDEX certificates_delivery ON certificates (delivery_id, sha1);

CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id TEXT NOT NULL REFERENCES devices (id),
    delivery_id TEXT REFERENCES deliveries (id),
    at INTEGER NOT NULL,
    what TEXT NOT NULL
) STRICT;
CREATE INDEX events_device ON events (device_id, number);
CREATE INDEX events_delivery ON events (delivery_id);

CREATE TABLE audit_entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    before_values TEXT,
    after_values TEXT,
    source_ip TEXT,
    seal_number INTEGER UNIQUE,
    seal BLOB
) STRICT;
CREATE INDEX audit_entries_unsealed ON audit_entries (number) WHERE seal_number IS NULL;

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running')),
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    token INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX jobs_queued ON jobs (kind, about) WHERE state = 'queued';
CREATE UNIQUE INDEX jobs_running ON jobs (about) WHERE state = 'running';
CREATE INDEX jobs_due ON jobs (kind, run_at) WHERE state = 'queued';
CREATE INDEX jobs_leases ON jobs (kind, leased_until) WHERE state = 'running';

CREATE TABLE server_keys (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
