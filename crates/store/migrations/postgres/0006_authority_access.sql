-- How authorities are signed in to and looked at, the fixed challenge of those that have one, and what last proved that
-- their accounts get challenges. Authorities of earlier versions go on taking Basic where it is offered.
ALTER TABLE authorities ADD COLUMN access TEXT NOT NULL DEFAULT '{"allows_basic":true}';
ALTER TABLE authorities ADD COLUMN static_challenge BYTEA;
ALTER TABLE authorities ADD COLUMN proved_by TEXT;
