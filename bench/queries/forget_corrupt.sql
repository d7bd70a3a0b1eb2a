TRUNCATE fault_ledger;
DELETE FROM batch_ledger WHERE campaign_id = :campaign AND stage = 'corrupt'
