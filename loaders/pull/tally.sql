-- Reports and decisions are counted apart, each by one scan and by the numbers of their words: a fleet needs no join that grows with it.
COPY (
  SELECT :campaign, NULL::int AS rule_no, NULL::int AS rules_version, p.region, p.model, o.last_stage, o.error_code, o.counted_status,
    sum(r.devices)
  FROM (
    SELECT profile_no, outcome_no, count(*) AS devices FROM stored_report WHERE campaign_id = :campaign GROUP BY profile_no, outcome_no
  ) r
  JOIN device_profile p ON p.campaign_id = :campaign AND p.profile_no = r.profile_no
  JOIN update_outcome o ON o.campaign_id = :campaign AND o.outcome_no = r.outcome_no
  GROUP BY p.region, p.model, o.last_stage, o.error_code, o.counted_status
  UNION ALL
  SELECT :campaign, rule_no, NULL, NULL, NULL, NULL, NULL, NULL, count(*) FROM decision WHERE campaign_id = :campaign GROUP BY rule_no
  UNION ALL
  SELECT :campaign, NULL, max(rules_version), NULL, NULL, NULL, NULL, NULL, count(*) FROM triage_queue WHERE campaign_id = :campaign
) TO STDOUT
