-- model: one_outcome
-- question: Did every failed device end in exactly one of recovered, quarantined or still partial, and no other device in any?
-- grain: one row a device that did not, and outcome of it
-- columns:
--   device_id      VARCHAR  The device.
--   failed         BOOLEAN  Whether it counts as Partial at first.
--   update_status  VARCHAR  The status that follows.
--   action         VARCHAR  What was decided; NULL where nothing was.
--   in_triage      BOOLEAN  Whether the triage queue has an open row of it.
SELECT d.device_id, c.failed, c.update_status, c.action, t.device_id IS NOT NULL AS in_triage
FROM stg_device d
JOIN int_cohort c
  ON c.profile_no = d.profile_no AND c.outcome_no = d.outcome_no AND c.rule_no IS NOT DISTINCT FROM d.rule_no
LEFT JOIN (SELECT device_id FROM stg_triage WHERE state = 'open') t ON t.device_id = d.device_id
LEFT JOIN (
  SELECT device_id FROM stg_device WHERE rule_no IS NOT NULL GROUP BY device_id HAVING count(*) > 1
) r ON r.device_id = d.device_id
WHERE r.device_id IS NOT NULL
   OR c.failed <> (c.update_status IN ('Partial', 'Recovered', 'Quarantined'))
   OR (c.action IS NOT DISTINCT FROM 'MANUAL_TRIAGE') <> (t.device_id IS NOT NULL)
ORDER BY d.device_id
LIMIT 100;
