/** Statements that each break one rule, by the rule's name: what proves that it looks. */
export const WRONG: Readonly<Record<string, readonly string[]>> = {
  "the bucket comes first in the primary key of a big table": [
    "CREATE TABLE x (bucket int, device_id text, PRIMARY KEY (device_id, bucket))",
    "ALTER TABLE stored_report_7 ADD PRIMARY KEY (device_id)",
    "CREATE TABLE x (device_id text PRIMARY KEY, region text)",
  ],
  "a unique key of a big table holds the bucket": [
    "CREATE TABLE x (bucket int, device_id text UNIQUE)",
    "CREATE UNIQUE INDEX ON decision (device_no)",
    "ALTER TABLE triage_queue ADD UNIQUE (campaign_id, device_id)",
  ],
  "a foreign key of or to a big table holds the bucket on both sides": [
    "ALTER TABLE decision ADD FOREIGN KEY (device_no) REFERENCES stored_report (device_no)",
    "CREATE TABLE x (no int REFERENCES triage_queue (version))",
  ],
  "an upsert into a big table names the bucket": [
    "INSERT INTO triage_queue (bucket, device_id) VALUES ($1, $2) ON CONFLICT (device_id) DO NOTHING",
    "INSERT INTO decision (bucket, device_no) VALUES ($1, $2) ON CONFLICT DO NOTHING",
  ],
  "no trigger": ["CREATE TRIGGER t AFTER INSERT ON decision EXECUTE FUNCTION f()"],
  "no volatile function in what an UPDATE sets": [
    "UPDATE triage_queue SET quarantined_at = clock_timestamp() WHERE bucket = $1",
    "INSERT INTO run (run_id) VALUES ($1) ON CONFLICT (run_id) DO UPDATE SET finished_at = clock_timestamp()",
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE decision SET pass = random(); END $$",
  ],
  "no stable function of a column in what an UPDATE sets": [
    "UPDATE triage_queue SET rule_id = to_char(quarantined_at, 'YYYY') WHERE bucket = $1",
    "UPDATE triage_queue SET quarantined_at = rule_id::timestamptz WHERE bucket = $1",
  ],
  "no MERGE from VALUES": ["MERGE INTO decision d USING (VALUES (1)) v (a) ON d.bucket = v.a WHEN MATCHED THEN DELETE"],
  "an upsert names columns, never a constraint": [
    "INSERT INTO campaign (name) VALUES ($1) ON CONFLICT ON CONSTRAINT c DO NOTHING",
  ],
  "an INSERT of a SELECT that returns columns gives its table an alias": [
    "INSERT INTO campaign (campaign_id, name) SELECT max(c.campaign_id) + 1, $1 FROM campaign c RETURNING campaign_id",
    "INSERT INTO campaign (campaign_id, name) SELECT max(c.campaign_id) + 1, $1 FROM campaign c RETURNING campaign.campaign_id",
    "INSERT INTO telemetry_amendment (bucket, campaign_id, device_id, field, value) SELECT r.bucket, 1, 'x' || r.device_no, 'attempts', '1' FROM stored_report r WHERE r.bucket = ANY($1) RETURNING bucket",
  ],
  "no advisory lock, LISTEN or NOTIFY: they are of one node": [
    "SELECT pg_advisory_xact_lock(7)",
    "SELECT pg_try_advisory_lock(7)",
    "LISTEN batches",
    "NOTIFY batches",
  ],
  "no FOR UPDATE across buckets": [
    "SELECT FROM triage_queue WHERE campaign_id = $1 FOR UPDATE",
    "SELECT FROM triage_queue WHERE bucket = ANY($1) FOR UPDATE SKIP LOCKED",
  ],
  "no ROLLUP or CUBE over a big table": [
    "SELECT batch_no, count(*) FROM decision GROUP BY ROLLUP (batch_no)",
    "SELECT batch_no, pass FROM decision GROUP BY CUBE (batch_no, pass)",
    "SELECT update_status, count(*) FROM ota_logs GROUP BY GROUPING SETS ((update_status), ())",
  ],
  "no order by a column that counts by itself": [
    "CREATE TABLE x (bucket int, no int GENERATED ALWAYS AS IDENTITY); SELECT x.bucket FROM x ORDER BY x.no",
    "CREATE TABLE x (bucket int, no bigserial); SELECT bucket FROM x ORDER BY no DESC",
  ],
  "buckets are named by = or = ANY, never by a range": [
    "SELECT FROM decision d WHERE d.bucket BETWEEN 0 AND 511",
    "DELETE FROM decision WHERE bucket < 512",
  ],
  "what workers send for every batch names its buckets": [
    "COPY (SELECT device_no FROM decision WHERE campaign_id = 7) TO STDOUT",
    "UPDATE stored_report SET attempts = '1' WHERE device_id = $1",
  ],
  "beside a big table EXISTS names a column where it asks for nothing around it": [
    "SELECT EXISTS (SELECT FROM decision d WHERE d.bucket = ANY($1))",
    "SELECT c.name FROM campaign c WHERE NOT EXISTS (SELECT FROM ota_logs l WHERE l.bucket = ANY($1))",
    "SELECT EXISTS (SELECT d.bucket FROM decision d WHERE d.bucket = ANY($1)), EXISTS (SELECT FROM campaign c WHERE c.campaign_id = $2)",
  ],
  "no subquery over a big table is asked for each row of small ones": [
    "SELECT c.name FROM campaign c WHERE EXISTS (SELECT d.bucket FROM decision d WHERE d.bucket = ANY($1) AND d.campaign_id = c.campaign_id)",
    "SELECT (SELECT count(*) FROM triage_queue t WHERE t.bucket = ANY($1) AND t.campaign_id = c.campaign_id) FROM campaign c",
    "SELECT t.devices FROM campaign c LEFT JOIN LATERAL (SELECT count(*) AS devices FROM triage_queue q WHERE q.campaign_id = c.campaign_id) t ON true",
    "SELECT w.bucket FROM unnest($1::int[]) AS w (bucket) WHERE EXISTS (SELECT FROM decision d WHERE d.bucket = w.bucket)",
    "UPDATE campaign c SET rules = $1 WHERE EXISTS (SELECT d.bucket FROM decision d WHERE d.bucket = ANY($2) AND d.campaign_id = c.campaign_id)",
    "WITH a AS MATERIALIZED (SELECT d.bucket FROM decision d) SELECT FROM a WHERE EXISTS (SELECT FROM triage_queue t WHERE t.bucket = a.bucket)",
  ],
  "big tables are joined by their bucket": [
    "SELECT FROM decision d JOIN stored_report r ON r.device_no = d.device_no",
    "SELECT FROM triage_queue t WHERE NOT EXISTS (SELECT FROM stored_report r WHERE r.device_id = t.device_id)",
    "SELECT FROM ota_logs l JOIN recovery_actions a USING (device_id)",
    "UPDATE triage_queue t SET state = 'open' FROM stored_report r WHERE r.device_id = t.device_id",
    "DELETE FROM decision d USING stored_report r WHERE r.device_no = d.device_no",
    "WITH a AS (SELECT bucket, device_id FROM triage_queue) SELECT FROM a JOIN device_report r ON r.device_id = a.device_id",
    "WITH a AS (DELETE FROM triage_queue t WHERE t.bucket = $1 RETURNING t.bucket, t.device_id) SELECT FROM a JOIN device_report r ON r.device_id = a.device_id",
    "SELECT FROM decision d, LATERAL (SELECT r.attempts FROM stored_report r WHERE r.device_no = d.device_no) x",
    "SELECT FROM decision d JOIN stored_report r ON r.bucket = d.bucket OR r.device_no = d.device_no",
  ],
};

/** Statements that look much like those and keep the rules. */
export const RIGHT: readonly string[] = [
  "CREATE TABLE x (bucket int, device_id text, no int REFERENCES run (no), PRIMARY KEY (bucket, device_id), UNIQUE (no, bucket))",
  "INSERT INTO triage_queue (bucket, device_id) VALUES ($1, $2) ON CONFLICT (bucket, device_id) DO NOTHING",
  "UPDATE run SET finished_at = statement_timestamp(), error = $1::timestamptz::text WHERE run_id = $2",
  "SELECT FROM triage_queue WHERE bucket = $1 AND device_id = $2 FOR UPDATE",
  "SELECT name, count(*) FROM campaign GROUP BY ROLLUP (name)",
  "COPY (SELECT device_no FROM decision WHERE bucket = ANY('{1,2}') AND campaign_id = 7) TO STDOUT",
  "SELECT FROM decision d JOIN stored_report r ON r.bucket = d.bucket AND r.device_no = d.device_no WHERE r.bucket = ANY($1)",
  "SELECT FROM decision d JOIN stored_report r USING (bucket, device_no) WHERE d.bucket = $1",
  "SELECT FROM decision d, stored_report r WHERE d.bucket = $1 AND r.bucket = $1 AND r.device_no = $2",
  "SELECT FROM unnest($1::int[]) AS w (bucket) JOIN decision d ON d.bucket = w.bucket JOIN stored_report r ON r.bucket = w.bucket WHERE d.bucket = ANY($2)",
  "INSERT INTO campaign AS n (campaign_id, name) SELECT max(c.campaign_id) + 1, $1 FROM campaign c RETURNING campaign_id",
  "INSERT INTO telemetry_amendment (bucket, device_id) VALUES ($1, $2) RETURNING bucket",
  "INSERT INTO telemetry_amendment (bucket, device_id) SELECT r.bucket, r.device_id FROM stored_report r WHERE r.bucket = $1 RETURNING 1",
  "SELECT EXISTS (SELECT d.bucket FROM decision d WHERE d.bucket = ANY($1))",
  "SELECT FROM triage_queue t WHERE t.bucket = $1 AND NOT EXISTS (SELECT FROM decision d WHERE d.bucket = t.bucket)",
  "SELECT EXISTS (SELECT FROM batch_ledger b WHERE b.campaign_id = $1)",
  "SELECT EXISTS (SELECT d.bucket FROM decision d WHERE d.bucket = $1 AND d.campaign_id = c.campaign_id) FROM campaign c",
  "SELECT FROM decision d JOIN campaign c USING (campaign_id) WHERE d.bucket = $1 AND EXISTS (SELECT FROM triage_queue t WHERE t.bucket = d.bucket AND t.campaign_id = c.campaign_id)",
  "SELECT FROM decision d WHERE d.bucket = $1 AND EXISTS (SELECT FROM campaign c WHERE c.campaign_id = d.campaign_id)",
  "SELECT (SELECT count(*) FROM decision) - (SELECT count(*) FROM stored_report WHERE bucket = ANY($1))",
];
