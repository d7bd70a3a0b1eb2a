-- Where tables are spread over several servers, a function's statements are planned with the values that it was called with only if it is of
-- PL/pgSQL, and no UPDATE converts a column: so the two functions by which workers open places again are made anew. What they do is the same.

CREATE OR REPLACE FUNCTION quarantine_again(
  of_campaign int, of_buckets int[], buckets int[], devices text[], rules text[], of_rules int, fields text[], found text[], of_pass int,
  of_batch int, of_worker int
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  all_findings ALIAS FOR $8; -- found is a variable of PL/pgSQL's own
  place record;
  opened bigint;
BEGIN
  SELECT array_agg(r.bucket) AS buckets, array_agg(r.device_id) AS devices, array_agg(w.rule_id) AS rules, array_agg(w.field) AS fields,
    array_agg(w.findings::jsonb) AS findings, array_agg(convert_to(to_jsonb(r) ->> w.field, 'UTF8')) AS raws
  INTO place
  FROM unnest(buckets, devices, rules, fields, all_findings) AS w (bucket, device_id, rule_id, field, findings)
  JOIN device_report r ON r.bucket = w.bucket AND r.campaign_id = of_campaign AND r.device_id = w.device_id
  WHERE r.bucket = ANY(of_buckets);
  UPDATE triage_queue t
  SET state = 'open', version = t.version + 1, rule_id = s.rule_id, rules_version = of_rules, field = s.field,
    raw_value = s.raw, raw_sha256 = sha256(s.raw), findings = s.findings,
    attempt = of_pass, shard = of_batch, worker = of_worker, batch_no = of_batch, quarantined_at = now()
  FROM unnest(place.buckets, place.devices, place.rules, place.fields, place.findings, place.raws)
    AS s (bucket, device_id, rule_id, field, findings, raw)
  WHERE t.bucket = ANY(of_buckets) AND t.bucket = s.bucket AND t.campaign_id = of_campaign AND t.device_id = s.device_id
    AND t.state = 'released';
  GET DIAGNOSTICS opened = ROW_COUNT;
  RETURN opened;
END $$;

CREATE OR REPLACE FUNCTION amend_by_rule(of_campaign int, of_buckets int[], buckets int[], devices text[], said text[], reason text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  entered bigint;
BEGIN
  WITH entry AS (
    INSERT INTO triage_decision AS n (bucket, campaign_id, device_id, version, verb, decided_by, why, before, after)
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
    RETURNING n.bucket, n.campaign_id, n.device_id, n.after
  ), amended AS (
    INSERT INTO telemetry_amendment (bucket, campaign_id, device_id, field, value)
    SELECT e.bucket, e.campaign_id, e.device_id, a.field, a.value
    FROM entry e
    CROSS JOIN LATERAL jsonb_to_recordset(e.after -> 'amendments') AS a (field text, value text)
    RETURNING 1
  )
  SELECT count(*) INTO entered FROM entry;
  RETURN entered;
END $$;
