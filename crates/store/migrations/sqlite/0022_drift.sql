-- In whose store a delivery was ordered; when the device last proved again that it holds the certificate, and when it is
-- to be asked otherwise than by its turn.
ALTER TABLE deliveries ADD COLUMN store TEXT;
ALTER TABLE deliveries ADD COLUMN checked_at INTEGER;
ALTER TABLE deliveries ADD COLUMN check_due_at INTEGER;
-- Until now the store was looked up in the configuration. Its settings are JSON without blanks, in which a quotation mark
-- inside a text has a backslash before it.
UPDATE deliveries SET store = (
    SELECT CASE WHEN c.settings LIKE '%"store":"user"%' THEN 'user' ELSE 'device' END
    FROM configurations c WHERE c.id = deliveries.configuration_id
) WHERE is_on_device OR state = 'sent';
