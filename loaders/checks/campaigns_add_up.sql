-- model: campaigns_add_up
-- question: Do the counts of the campaigns that are compared agree with each other, and those of the shown one with its own marts?
-- grain: one row a figure that does not
-- columns:
--   what      VARCHAR  What was added up.
--   expected  BIGINT   Figure of the campaign.
--   actual    BIGINT   What the sum came to.
WITH sums AS (
  SELECT 'shown ' || f.figure AS what, f.expected, f.actual
  FROM campaign_summary s
  LEFT JOIN campaign_rate r ON r.is_shown
  CROSS JOIN LATERAL (
    VALUES
      ('devices', s.devices::BIGINT, r.devices::BIGINT),
      ('failed', s.failed, r.failed),
      ('recovered', s.recovered, r.recovered),
      ('quarantined', s.quarantined, r.quarantined)
  ) AS f (figure, expected, actual)
  UNION ALL
  SELECT 'campaigns', count(*), count(DISTINCT campaign) FROM campaign_rate
)
FROM unequal('sums');
