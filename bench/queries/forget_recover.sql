TRUNCATE decision_:campaign, triage_queue;
ALTER TABLE decision_:campaign DROP CONSTRAINT IF EXISTS decision_:{campaign}_pkey;
DELETE FROM batch_ledger WHERE campaign_id = :campaign AND stage = 'recover'
