-- The same of what was decided, with every place in triage released and its finding waived.
INSERT INTO decision
SELECT (d.bucket + 512) % 1024, d.campaign_id, d.device_no, d.rule_no, d.pass, d.batch_no FROM decision d;
INSERT INTO telemetry_amendment (bucket, campaign_id, device_id, field, waived_rule)
SELECT (t.bucket + 512) % 1024, t.campaign_id, t.device_id, t.field, t.rule_id FROM triage_queue t;
INSERT INTO triage_queue (
  bucket, campaign_id, device_id, rule_id, rules_version, field, findings, state, attempt, shard, worker, batch_no, version
)
SELECT (t.bucket + 512) % 1024, t.campaign_id, t.device_id, t.rule_id, t.rules_version, t.field, t.findings, 'released', 1, 0, 0, 0, 2
FROM triage_queue t
