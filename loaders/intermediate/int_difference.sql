-- model: int_difference
-- question: How often did the same thing happen in two campaigns, as a whole and in each part of them?
-- grain: one row a pair of campaigns, scope and name that either of them has devices of
-- columns:
--   a             INTEGER  Ordinal of the newer campaign.
--   b             INTEGER  Ordinal of the older one.
--   relation      VARCHAR  same fleet, nested fleets or other fleet.
--   scope         VARCHAR  fleet, decision, region, model, stage or error.
--   name          VARCHAR  What of the scope is counted.
--   name_ordinal  INTEGER  Place of the name in its scope, where that has an order; NULL elsewhere.
--   events_a      BIGINT   Devices of the newer campaign that it happened to.
--   devices_a     BIGINT   Devices that it could have happened to.
--   events_b      BIGINT   The same of the older campaign.
--   devices_b     BIGINT   The same of the older campaign.
--   p_value       DOUBLE   Two-sided p of the two-proportion z-test; NULL where the fleets share devices, or a side is empty.
CREATE TABLE int_difference AS
WITH tally AS (
  SELECT c.ordinal, t.region, t.model, t.error_code, t.reached, t.failed, t.devices
  FROM int_tally t
  JOIN int_compared c ON c.campaign_id = t.campaign_id
), part AS (
  SELECT ordinal, 'region' AS scope, region AS name, NULL::INTEGER AS name_ordinal,
    coalesce(sum(devices) FILTER (failed), 0)::BIGINT AS events, sum(devices)::BIGINT AS devices
  FROM tally GROUP BY ordinal, region
  UNION ALL
  SELECT ordinal, 'model', model, NULL, coalesce(sum(devices) FILTER (failed), 0)::BIGINT, sum(devices)::BIGINT
  FROM tally GROUP BY ordinal, model
  UNION ALL
  SELECT t.ordinal, 'stage', s.stage, s.ordinal,
    coalesce(sum(t.devices) FILTER (t.failed AND t.reached = s.ordinal), 0)::BIGINT,
    coalesce(sum(t.devices) FILTER (t.reached >= s.ordinal), 0)::BIGINT
  FROM tally t
  CROSS JOIN ref_stage s
  WHERE s.stage <> 'SUCCEEDED'
  GROUP BY t.ordinal, s.stage, s.ordinal
  UNION ALL
  SELECT e.ordinal, 'error', e.error_code, NULL, e.events, c.devices
  FROM (SELECT ordinal, error_code, sum(devices)::BIGINT AS events FROM tally WHERE failed GROUP BY ordinal, error_code) e
  JOIN int_compared c ON c.ordinal = e.ordinal
  UNION ALL
  SELECT ordinal, 'fleet', 'failed', 1, failed, devices FROM int_compared
  UNION ALL
  SELECT ordinal, 'decision', 'RETRY_UPDATE', 1, retried, failed FROM int_compared
  UNION ALL
  SELECT ordinal, 'decision', 'FORCE_ROLLBACK', 2, rolled_back, failed FROM int_compared
  UNION ALL
  SELECT ordinal, 'decision', 'MANUAL_TRIAGE', 3, quarantined, failed FROM int_compared
), size AS (
  SELECT scope, name, row_number() OVER (PARTITION BY scope ORDER BY sum(devices) DESC, sum(events) DESC, name) AS place
  FROM part
  GROUP BY scope, name
), pair AS (
  SELECT
    a.ordinal AS a, b.ordinal AS b, a.devices AS all_a, b.devices AS all_b,
    CASE WHEN a.fleet = b.fleet THEN 'same fleet' WHEN a.origin = b.origin THEN 'nested fleets' ELSE 'other fleet' END AS relation
  FROM int_compared a
  JOIN int_compared b ON b.ordinal > a.ordinal
), both_sides AS (
  SELECT
    p.a, p.b, p.relation, n.scope, n.name, n.name_ordinal,
    coalesce(x.events, 0) AS events_a,
    -- An error that a campaign does not have could have happened to all of its devices.
    coalesce(x.devices, CASE WHEN n.scope = 'error' THEN p.all_a ELSE 0 END) AS devices_a,
    coalesce(y.events, 0) AS events_b,
    coalesce(y.devices, CASE WHEN n.scope = 'error' THEN p.all_b ELSE 0 END) AS devices_b
  FROM pair p
  JOIN (SELECT DISTINCT scope, name, name_ordinal FROM part) n ON true
  -- A page has room for so many; an import may have as many models as devices.
  JOIN size z ON z.scope = n.scope AND z.name = n.name AND z.place <= 12
  LEFT JOIN part x ON x.ordinal = p.a AND x.scope = n.scope AND x.name = n.name
  LEFT JOIN part y ON y.ordinal = p.b AND y.scope = n.scope AND y.name = n.name
)
SELECT *, CASE WHEN relation = 'other fleet' THEN two_proportion_p(events_a, devices_a, events_b, devices_b) END AS p_value
FROM both_sides
WHERE scope IN ('fleet', 'decision') OR (scope = 'error' AND events_a + events_b > 0) OR (scope <> 'error' AND devices_a + devices_b > 0);
