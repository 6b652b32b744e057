-- Who signed a transaction's first request, which certificate it renews, and why it got no SCEP answer.
ALTER TABLE scep_transactions ADD COLUMN signer_sha256 TEXT;
ALTER TABLE scep_transactions ADD COLUMN renews_sha256 TEXT;
ALTER TABLE scep_transactions ADD COLUMN trouble TEXT;
