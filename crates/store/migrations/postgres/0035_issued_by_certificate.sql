-- That something is issued follows from its certificate, which also says when: signing adds a row and rewrites none, and
-- no index holds what is only on its way.
DROP INDEX issuances_open;
ALTER TABLE issuance_certificates ADD COLUMN issued_at BIGINT NOT NULL DEFAULT 0;
UPDATE issuance_certificates SET issued_at =
    COALESCE((SELECT issued_at FROM issuances WHERE number = issuance_number), 0);
ALTER TABLE issuance_certificates ALTER COLUMN issued_at DROP DEFAULT;
UPDATE issuances SET state = 'intended' WHERE state = 'issued';
ALTER TABLE issuances DROP COLUMN issued_at;
CREATE INDEX issuances_pending ON issuances (authority_id, id) WHERE state = 'pending';
