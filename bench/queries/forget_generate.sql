TRUNCATE stored_report_:campaign;
DELETE FROM batch_ledger WHERE campaign_id = :campaign AND stage = 'generate';
DO $$
DECLARE
  k pg_constraint;
BEGIN
  FOR k IN SELECT * FROM pg_constraint WHERE contype = 'p' AND conrelid = 'stored_report_:campaign'::regclass LOOP
    EXECUTE format('ALTER TABLE stored_report_:campaign DROP CONSTRAINT %I', k.conname);
  END LOOP;
END $$
