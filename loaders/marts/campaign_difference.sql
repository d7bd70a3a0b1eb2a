-- model: campaign_difference
-- question: What happened more often in one campaign than in another, beyond noise?
-- grain: one row a pair of campaigns, scope and name; of regions, models and errors the twelve largest
-- order: a and b as in campaign_rate, scope (fleet, decision, region, model, stage, error), stages and decisions in their order, then name
-- columns:
--   a           VARCHAR  The newer campaign.
--   b           VARCHAR  The older campaign.
--   relation    VARCHAR  same fleet: nothing is left to chance; nested fleets: one is a part of the other; other fleet: the test can be made.
--   scope       VARCHAR  fleet and region and model: failures of devices; stage: failures of those that reached it; error: of devices; decision: of failures.
--   name        VARCHAR  failed, or the region, model, stage, error code or action.
--   events_a    INTEGER  Devices of a that it happened to.
--   devices_a   INTEGER  Devices of a that it could have happened to.
--   events_b    INTEGER  Devices of b that it happened to.
--   devices_b   INTEGER  Devices of b that it could have happened to.
--   difference  DOUBLE   Rate of a less rate of b, -1 to 1, six digits; NULL where a side is empty.
--   low         DOUBLE   Lower end of Newcombe's 95 % interval of the difference; NULL where the fleets share devices.
--   high        DOUBLE   Upper end of it.
--   p_value     DOUBLE   Two-sided p of the two-proportion z-test; NULL where low is.
--   p_holm      DOUBLE   p_value held against the pair's whole scope by Holm's method; NULL where low is.
--   verdict     VARCHAR  higher, lower or equal for one fleet; higher or lower where p_holm is below 0.05, else no detectable difference; not tested.
CREATE TABLE campaign_difference AS
WITH held AS (
  SELECT
    *,
    rate_of(events_a, devices_a) - rate_of(events_b, devices_b) AS difference,
    -- As the z-test needs: 5 events and 5 others to be expected on either side.
    least(devices_a, devices_b) * least(rate_of(events_a + events_b, devices_a + devices_b), 1 - rate_of(events_a + events_b, devices_a + devices_b)) >= 5
      AS is_enough
  FROM holm('int_difference', family := (a, b, scope))
)
SELECT
  x.campaign AS a,
  y.campaign AS b,
  h.relation,
  h.scope,
  h.name,
  h.events_a::INTEGER AS events_a,
  h.devices_a::INTEGER AS devices_a,
  h.events_b::INTEGER AS events_b,
  h.devices_b::INTEGER AS devices_b,
  round(h.difference, 6) AS difference,
  CASE WHEN h.relation = 'other fleet' THEN round(difference_low(h.events_a, h.devices_a, h.events_b, h.devices_b), 6) END AS low,
  CASE WHEN h.relation = 'other fleet' THEN round(difference_high(h.events_a, h.devices_a, h.events_b, h.devices_b), 6) END AS high,
  round(h.p_value, 6) AS p_value,
  round(h.p_holm, 6) AS p_holm,
  CASE
    WHEN h.difference IS NULL OR h.relation = 'nested fleets' THEN 'not tested'
    WHEN h.relation = 'same fleet' AND h.difference = 0 THEN 'equal'
    WHEN h.relation = 'other fleet' AND NOT (h.p_holm < 0.05 AND h.is_enough) THEN 'no detectable difference'
    WHEN h.difference > 0 THEN 'higher'
    ELSE 'lower'
  END AS verdict
FROM held h
JOIN int_compared c ON c.ordinal = h.a
JOIN int_compared d ON d.ordinal = h.b
JOIN stg_compared x ON x.campaign_id = c.campaign_id
JOIN stg_compared y ON y.campaign_id = d.campaign_id
ORDER BY h.a, h.b, list_position(['fleet', 'decision', 'region', 'model', 'stage', 'error'], h.scope), h.name_ordinal, h.name;
