TRUNCATE stored_report_:campaign;
ALTER TABLE stored_report_:campaign DROP CONSTRAINT IF EXISTS stored_report_:{campaign}_pkey;
DELETE FROM batch_ledger WHERE campaign_id = :campaign AND stage = 'generate'
