TRUNCATE decision_:campaign, triage_queue;
DELETE FROM batch_ledger WHERE campaign_id = :campaign AND stage = 'recover';
DO $$
DECLARE
  k pg_constraint;
BEGIN
  FOR k IN SELECT * FROM pg_constraint WHERE contype = 'p' AND conrelid = 'decision_:campaign'::regclass LOOP
    EXECUTE format('ALTER TABLE decision_:campaign DROP CONSTRAINT %I', k.conname);
  END LOOP;
END $$
