-- model: one_outcome
-- question: Did every failed device end in exactly one of recovered, quarantined or still partial, and no other device in any?
-- grain: one row a device that did not
-- columns:
--   device_id      VARCHAR  The device.
--   failed         BOOLEAN  Whether it reported Partial.
--   update_status  VARCHAR  The status that follows.
--   action         VARCHAR  What was decided; NULL where nothing was.
--   in_triage      BOOLEAN  Whether the triage queue has an open row of it.
SELECT device_id, failed, update_status, action, in_triage
FROM int_device
WHERE failed <> (update_status IN ('Partial', 'Recovered', 'Quarantined'))
   OR (action IN ('RETRY_UPDATE', 'FORCE_ROLLBACK') AND in_triage)
ORDER BY device_id
LIMIT 100;
