CREATE TABLE bench_wide (LIKE device_report, PRIMARY KEY (bucket, campaign_id, device_id)) WITH (fillfactor = 70);
CREATE TABLE bench_wide_audit (
  bucket      int NOT NULL,
  campaign_id int NOT NULL,
  device_id   text COLLATE "C" NOT NULL,
  action      text NOT NULL,
  decided_at  timestamptz NOT NULL
)
