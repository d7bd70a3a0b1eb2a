-- Update servers report devices as completed that rolled back: a success counts as Partial where the device reports another version than the one
-- that was to be installed. What it reported stays; what it counts as stands beside it, and is what recovery and every count ask for.

ALTER TABLE update_outcome ADD COLUMN counted_status text;
UPDATE update_outcome SET counted_status = update_status;
ALTER TABLE update_outcome
  ALTER COLUMN counted_status SET NOT NULL,
  ADD CHECK (counted_status IN ('Success', 'Partial')),
  ADD CHECK (update_status = 'Success' OR counted_status = 'Partial');
COMMENT ON COLUMN update_outcome.counted_status IS 'What the devices count as: update_status, but Partial where that is Success and the reported version is not the one that was to be installed.';

ALTER TABLE campaign ADD COLUMN counts_contradictions boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN campaign.counts_contradictions IS 'Whether a success that the reported version contradicts counts as Partial: false of campaigns whose recovery began before that was asked.';

CREATE FUNCTION version_said(version text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif(
    lower(ltrim(regexp_replace(btrim(version, E' \t\n\x0B\f\r'), '^[vV]', ''), E' \t\n\x0B\f\r') COLLATE "C"), ''
  )
$$;
COMMENT ON FUNCTION version_said IS 'A version without blanks around it, a leading v and capital letters; NULL where it says nothing.';

-- Numbers of outcomes have no gap. An outcome that the profiles of some of its devices contradict and those of others do not becomes two.
CREATE FUNCTION count_contradictions(of_campaign int) RETURNS void LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
  UPDATE campaign c
  SET counts_contradictions = NOT EXISTS (SELECT FROM batch_ledger b WHERE b.campaign_id = of_campaign AND b.stage = 'recover')
    AND NOT EXISTS (SELECT FROM decision d WHERE d.campaign_id = of_campaign)
  WHERE c.campaign_id = of_campaign;
  -- Where all name one version no report needs to be looked at.
  IF NOT (SELECT c.counts_contradictions FROM campaign c WHERE c.campaign_id = of_campaign) OR 2 > (
    SELECT count(DISTINCT w.version)
    FROM (
      SELECT version_said(p.firmware_to) FROM device_profile p WHERE p.campaign_id = of_campaign
      UNION ALL
      SELECT version_said(o.firmware_reported) FROM update_outcome o WHERE o.campaign_id = of_campaign AND o.update_status = 'Success'
    ) AS w (version)
  ) THEN
    RETURN;
  END IF;
  WITH alike AS MATERIALIZED (
    SELECT r.profile_no, r.outcome_no FROM stored_report r WHERE r.campaign_id = of_campaign GROUP BY r.profile_no, r.outcome_no
  ), judged AS MATERIALIZED (
    SELECT a.profile_no, a.outcome_no, coalesce(version_said(o.firmware_reported) <> version_said(p.firmware_to), false) AS is_contradicted
    FROM alike a
    JOIN update_outcome o ON o.campaign_id = of_campaign AND o.outcome_no = a.outcome_no AND o.update_status = 'Success'
    JOIN device_profile p ON p.campaign_id = of_campaign AND p.profile_no = a.profile_no
  ), found AS MATERIALIZED (
    SELECT j.outcome_no, bool_and(j.is_contradicted) AS is_whole FROM judged j GROUP BY j.outcome_no HAVING bool_or(j.is_contradicted)
  ), split AS MATERIALIZED (
    SELECT f.outcome_no, m.last_no + row_number() OVER (ORDER BY f.outcome_no) AS new_no
    FROM found f
    CROSS JOIN (SELECT max(o.outcome_no) AS last_no FROM update_outcome o WHERE o.campaign_id = of_campaign) m
    WHERE NOT f.is_whole
  ), counted AS (
    UPDATE update_outcome o SET counted_status = 'Partial'
    FROM found f
    WHERE f.is_whole AND o.campaign_id = of_campaign AND o.outcome_no = f.outcome_no
  ), added AS (
    INSERT INTO update_outcome (campaign_id, outcome_no, firmware_reported, last_stage, error_code, update_status, counted_status)
    SELECT of_campaign, s.new_no, o.firmware_reported, o.last_stage, o.error_code, o.update_status, 'Partial'
    FROM split s
    JOIN update_outcome o ON o.campaign_id = of_campaign AND o.outcome_no = s.outcome_no
  )
  UPDATE stored_report r SET outcome_no = s.new_no
  FROM split s
  JOIN judged j ON j.outcome_no = s.outcome_no AND j.is_contradicted
  WHERE r.campaign_id = of_campaign AND r.outcome_no = j.outcome_no AND r.profile_no = j.profile_no;
END $$;
COMMENT ON FUNCTION count_contradictions IS 'Has the contradicted successes of a campaign from before they were counted count as Partial, unless its recovery has begun.';
REVOKE ALL ON FUNCTION count_contradictions FROM PUBLIC;

CREATE OR REPLACE VIEW device_status AS
SELECT
  r.bucket, r.campaign_id, r.device_id, p.region, p.model, p.hardware,
  p.firmware_from, p.firmware_to, o.firmware_reported, o.last_stage, o.error_code, r.attempts,
  r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at,
  o.update_status AS reported_status,
  coalesce(u.update_status, o.counted_status) AS update_status,
  u.action
FROM stored_report r
LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
LEFT JOIN decision d ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no
LEFT JOIN decision_rule u ON u.rule_no = d.rule_no;
COMMENT ON COLUMN device_status.update_status IS 'Success, Partial, Recovered or Quarantined; a success that the reported version contradicts is Partial until it is decided.';

DO $$
DECLARE
  c campaign;
BEGIN
  FOR c IN SELECT * FROM campaign LOOP
    PERFORM count_contradictions(c.campaign_id);
  END LOOP;
END $$;
