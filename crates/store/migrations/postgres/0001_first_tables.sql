-- Times are milliseconds since 1970-01-01T00:00:00Z; nested values are JSON text beside the columns that lists
-- filter on. What tells the past (deliveries, transactions, challenges, audit) doesn't refer to authorities,
-- configurations and operators by foreign key: it outlives them.

CREATE TABLE people (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    username TEXT COLLATE "C" NOT NULL,
    username_key TEXT COLLATE "C" NOT NULL UNIQUE,
    attributes TEXT COLLATE "C" NOT NULL,
    search TEXT COLLATE "C" NOT NULL,
    enrolment_password TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE operators (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE console_sessions (
    token_sha256 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operator_id TEXT COLLATE "C" NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    csrf TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX console_sessions_operator ON console_sessions (operator_id);
CREATE INDEX console_sessions_expiry ON console_sessions (expires_at);

CREATE TABLE one_time_logins (
    token_sha256 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operator_id TEXT COLLATE "C" NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX one_time_logins_operator ON one_time_logins (operator_id);

CREATE TABLE api_tokens (
    token_sha256 TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operator_id TEXT COLLATE "C" NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX api_tokens_operator ON api_tokens (operator_id);

CREATE TABLE login_attempts (
    who TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX login_attempts_age ON login_attempts (last_at);

CREATE TABLE authorities (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    scep_url TEXT COLLATE "C" NOT NULL,
    username TEXT COLLATE "C" NOT NULL,
    password BYTEA NOT NULL,
    challenge_url TEXT COLLATE "C" NOT NULL,
    is_plain_http_accepted BOOLEAN NOT NULL,
    trust_pem TEXT COLLATE "C",
    limits TEXT COLLATE "C" NOT NULL,
    capabilities TEXT COLLATE "C" NOT NULL,
    certificates TEXT COLLATE "C" NOT NULL,
    issuer_sha1 TEXT COLLATE "C" NOT NULL,
    checked_at BIGINT NOT NULL,
    health TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE configurations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    description TEXT COLLATE "C" NOT NULL,
    authority_id TEXT COLLATE "C" NOT NULL REFERENCES authorities (id),
    settings TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX configurations_authority ON configurations (authority_id);

CREATE TABLE assignments (
    configuration_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES configurations (id) ON DELETE CASCADE,
    is_enabled BOOLEAN NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE devices (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" REFERENCES people (id),
    windows_id TEXT COLLATE "C" NOT NULL,
    hardware_id TEXT COLLATE "C",
    enrollment_type TEXT COLLATE "C" NOT NULL,
    os_version TEXT COLLATE "C",
    manufacturer TEXT COLLATE "C",
    model TEXT COLLATE "C",
    serial_number TEXT COLLATE "C",
    language TEXT COLLATE "C",
    imei TEXT COLLATE "C",
    wifi_mac TEXT COLLATE "C",
    search TEXT COLLATE "C" NOT NULL,
    is_polling_fast BOOLEAN NOT NULL,
    enrolled_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    unenrolled_at BIGINT
);
CREATE UNIQUE INDEX devices_of_enrolment ON devices (person_id, windows_id);

CREATE TABLE identities (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    device_id TEXT COLLATE "C" NOT NULL REFERENCES devices (id),
    message_id TEXT COLLATE "C" NOT NULL,
    csr_sha256 TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL UNIQUE,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    certificate BYTEA,
    sha256 TEXT COLLATE "C" UNIQUE,
    revoked_at BIGINT,
    UNIQUE (message_id, csr_sha256)
);
CREATE INDEX identities_device ON identities (device_id);

CREATE TABLE mdm_sessions (
    device_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES devices (id),
    session_id TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    client_message BIGINT NOT NULL,
    client_message_sha256 TEXT COLLATE "C" NOT NULL,
    server_message BIGINT NOT NULL,
    answer BYTEA NOT NULL,
    login TEXT COLLATE "C",
    max_message_octets BIGINT,
    held_rounds BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    is_over BOOLEAN NOT NULL
);

CREATE TABLE sent_commands (
    device_id TEXT COLLATE "C" NOT NULL REFERENCES devices (id),
    id TEXT COLLATE "C" NOT NULL,
    server_message BIGINT NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (device_id, id)
);

CREATE TABLE deliveries (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    device_id TEXT COLLATE "C" NOT NULL REFERENCES devices (id),
    configuration_id TEXT COLLATE "C" NOT NULL,
    configuration_version BIGINT NOT NULL,
    authority_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    is_current BOOLEAN NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    state_values TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    sans TEXT COLLATE "C" NOT NULL,
    token_sha256 TEXT COLLATE "C" UNIQUE,
    secret BYTEA,
    challenge_taken_at BIGINT,
    is_on_device BOOLEAN NOT NULL,
    not_before BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX deliveries_current ON deliveries (device_id, configuration_id) WHERE is_current;
CREATE INDEX deliveries_device ON deliveries (device_id, id);
CREATE INDEX deliveries_configuration ON deliveries (configuration_id, state, id) WHERE is_current;
CREATE INDEX deliveries_configuration_newest ON deliveries (configuration_id, id) WHERE is_current;
CREATE INDEX deliveries_state ON deliveries (state, id, device_id) WHERE is_current;

CREATE TABLE challenges (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id TEXT COLLATE "C" NOT NULL,
    delivery_id TEXT COLLATE "C" REFERENCES deliveries (id),
    fate TEXT COLLATE "C" NOT NULL,
    claimed_at BIGINT NOT NULL,
    taken_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX challenges_delivery ON challenges (delivery_id, id);
CREATE INDEX challenges_authority ON challenges (authority_id, fate);

CREATE TABLE challenge_slots (
    authority_id TEXT COLLATE "C" NOT NULL,
    slot BIGINT NOT NULL,
    challenge_id TEXT COLLATE "C" NOT NULL UNIQUE,
    held_until BIGINT NOT NULL,
    PRIMARY KEY (authority_id, slot)
);
CREATE INDEX challenge_slots_expiry ON challenge_slots (held_until);

CREATE TABLE challenge_totals (
    authority_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    most_out BIGINT NOT NULL
);

CREATE TABLE scep_transactions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id TEXT COLLATE "C" NOT NULL,
    owner_kind TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    transaction_id TEXT COLLATE "C" NOT NULL,
    message_type BIGINT NOT NULL,
    request_sha256 TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    state_values TEXT COLLATE "C" NOT NULL,
    answer BYTEA,
    forwarded_at BIGINT NOT NULL,
    answered_at BIGINT
);
-- The first transactionID claims a delivery's URL.
CREATE UNIQUE INDEX scep_transactions_delivery ON scep_transactions (owner_id) WHERE owner_kind = 'delivery';
CREATE INDEX scep_transactions_owner ON scep_transactions (owner_kind, owner_id);
CREATE INDEX scep_transactions_transaction ON scep_transactions (authority_id, transaction_id);
CREATE INDEX scep_transactions_state ON scep_transactions (state, forwarded_at)
    WHERE state IN ('forwarded', 'outcome_unknown');

CREATE TABLE orders (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    authority_id TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    sans TEXT COLLATE "C" NOT NULL,
    token_sha256 TEXT COLLATE "C" NOT NULL UNIQUE,
    operator_id TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE certificates (
    device_id TEXT COLLATE "C" NOT NULL REFERENCES devices (id),
    sha1 TEXT COLLATE "C" NOT NULL,
    delivery_id TEXT COLLATE "C" NOT NULL REFERENCES deliveries (id),
    verified_by TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    issuer TEXT COLLATE "C",
    serial TEXT COLLATE "C",
    not_before BIGINT,
    not_after BIGINT,
    der BYTEA,
    search TEXT COLLATE "C" NOT NULL,
    verified_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (device_id, sha1)
);
CREATE INDEX certificates_delivery ON certificates (delivery_id, sha1);

CREATE TABLE events (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id TEXT COLLATE "C" NOT NULL REFERENCES devices (id),
    delivery_id TEXT COLLATE "C" REFERENCES deliveries (id),
    at BIGINT NOT NULL,
    what TEXT COLLATE "C" NOT NULL
);
CREATE INDEX events_device ON events (device_id, number);
CREATE INDEX events_delivery ON events (delivery_id);

CREATE TABLE audit_entries (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    target_kind TEXT COLLATE "C" NOT NULL,
    target_id TEXT COLLATE "C" NOT NULL,
    before_values TEXT COLLATE "C",
    after_values TEXT COLLATE "C",
    source_ip TEXT COLLATE "C",
    seal_number BIGINT UNIQUE,
    seal BYTEA
);
CREATE INDEX audit_entries_unsealed ON audit_entries (number) WHERE seal_number IS NULL;

CREATE TABLE jobs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    about TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running')),
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    token BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    last_error TEXT COLLATE "C",
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX jobs_queued ON jobs (kind, about) WHERE state = 'queued';
CREATE UNIQUE INDEX jobs_running ON jobs (about) WHERE state = 'running';
CREATE INDEX jobs_due ON jobs (kind, run_at) WHERE state = 'queued';
CREATE INDEX jobs_leases ON jobs (kind, leased_until) WHERE state = 'running';

CREATE TABLE server_keys (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE facts (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);
