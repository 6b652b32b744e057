-- Certificates that may be orphaned at an authority, and nodes of former deliveries that devices still have.
DROP INDEX scep_transactions_state;
CREATE INDEX scep_transactions_state ON scep_transactions (state, forwarded_at)
    WHERE state IN ('forwarded', 'outcome_unknown', 'not_installed');
CREATE INDEX deliveries_left ON deliveries (configuration_id) WHERE is_on_device AND NOT is_current;
