-- The certificate in a table of its own: an intent then isn't rewritten at twice its size when it is signed. A challenge
-- is kept under its moment and its hash, so that neighbours in time are neighbours in each index.
CREATE TABLE issuance_certificates (
    issuance_id TEXT NOT NULL PRIMARY KEY,
    der BLOB NOT NULL
) STRICT;
INSERT INTO issuance_certificates (issuance_id, der)
    SELECT id, certificate FROM issuances WHERE certificate IS NOT NULL;
ALTER TABLE issuances DROP COLUMN certificate;
ALTER TABLE issuances RENAME COLUMN challenge_sha256 TO challenge_key;
ALTER TABLE one_time_challenges RENAME COLUMN sha256 TO challenge_key;
