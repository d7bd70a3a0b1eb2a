-- model: detection_adds_up
-- question: Is every injected fault either found or missed, and counted once?
-- grain: one row a field and kind, or the whole, that is not
-- columns:
--   what      VARCHAR  Field and kind, or the whole.
--   expected  BIGINT   Faults injected.
--   actual    BIGINT   Found and missed together.
WITH sums AS (
  SELECT field || ' ' || kind AS what, injected::BIGINT AS expected, (found + missed)::BIGINT AS actual FROM fault_detection
  UNION ALL
  SELECT 'right_rule of ' || field || ' ' || kind, found, greatest(found, right_rule) FROM fault_detection
  UNION ALL
  SELECT 'all faults', s.injected_faults, (SELECT coalesce(sum(injected), 0)::BIGINT FROM fault_detection) FROM campaign_summary s
  UNION ALL
  SELECT 'all findings', (SELECT count(*) FROM int_finding), (SELECT coalesce(sum(findings), 0)::BIGINT FROM data_quality)
)
FROM unequal('sums');
