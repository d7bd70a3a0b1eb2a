COPY (
  SELECT stage, pass, batch_no, worker, rows, started_at, finished_at
  FROM batch_ledger
  WHERE campaign_id = :campaign
) TO STDOUT
