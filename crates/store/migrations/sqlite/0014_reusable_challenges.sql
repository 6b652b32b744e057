-- One challenge for everybody (UseSinglePassword of NDES): the one that the last page without a lifetime gave, sealed.
-- "mode" says whether it is proved.
ALTER TABLE authority_capacity ADD COLUMN reusable_since INTEGER;
ALTER TABLE authority_capacity ADD COLUMN reusable BLOB;

-- The newest certificates of an authority, without walking past those of all others.
DROP INDEX deliveries_authority;
CREATE INDEX deliveries_authority_newest ON deliveries (authority_id, state, id) WHERE is_current;
