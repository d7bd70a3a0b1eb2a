-- A campaign names the rules that judge it, so that several rule sets can be in use side by side.
ALTER TABLE campaign ADD COLUMN rules text NOT NULL DEFAULT 'default';
COMMENT ON COLUMN campaign.rules IS 'Rule set that judges its reports, a file in data/rules.';

-- What a rule repairs by itself, workers say as they open places again: through a function, since they may write neither amendments nor the
-- audit. Whose repair it is they cannot choose: it is that of the rules that found fault with the device.
CREATE FUNCTION amend_by_rule(of_campaign int, of_buckets int[], buckets int[], devices text[], said text[], reason text)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH entry AS (
    INSERT INTO triage_decision (bucket, campaign_id, device_id, version, verb, decided_by, why, before, after)
    SELECT t.bucket, t.campaign_id, t.device_id, 1, 'fix',
      (SELECT string_agg(f.finding ->> 'rule', ', ' ORDER BY f.no) FROM jsonb_array_elements(t.findings) WITH ORDINALITY AS f (finding, no)),
      reason,
      jsonb_build_object(
        'state', 'open', 'rule', t.rule_id, 'rules_version', t.rules_version, 'field', t.field, 'findings', t.findings,
        'amendments', '[]'::jsonb, 'pass', t.attempt, 'batch', t.batch_no
      ),
      jsonb_build_object('state', 'released', 'amendments', w.said::jsonb, 'by', 'rule')
    FROM unnest(buckets, devices, said) AS w (bucket, device_id, said)
    JOIN triage_queue t ON t.bucket = w.bucket AND t.campaign_id = of_campaign AND t.device_id = w.device_id
    WHERE t.bucket = ANY(of_buckets) AND t.state = 'released' AND t.version = 2
    RETURNING bucket, campaign_id, device_id, after
  ), amended AS (
    INSERT INTO telemetry_amendment (bucket, campaign_id, device_id, field, value)
    SELECT e.bucket, e.campaign_id, e.device_id, a.field, a.value
    FROM entry e
    CROSS JOIN LATERAL jsonb_to_recordset(e.after -> 'amendments') AS a (field text, value text)
    RETURNING 1
  )
  SELECT count(*) FROM entry
$$;
COMMENT ON FUNCTION amend_by_rule IS 'Enters into the audit what rules repaired by themselves on devices that came into triage with it, and the values that count since. Returns on how many.';
REVOKE ALL ON FUNCTION amend_by_rule FROM PUBLIC;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sentinel_writer') THEN
    GRANT EXECUTE ON FUNCTION amend_by_rule TO sentinel_writer;
  END IF;
END $$;
