-- What the rules that an open place breaks propose for it, as proposedFor of the domain says: a value that a rule still finds fault with is proposed
-- by none, and what was sound must not come to break a rule. Each turn takes back what the one before can't keep; the last keeps all.
WITH RECURSIVE found AS (
  SELECT j.device_id, list_filter([:findings], lambda f: f.rule IS NOT NULL) AS broken
  FROM stg_judged j
  CROSS JOIN stg_campaign k
), tried AS (
  SELECT device_id, broken, map_from_entries([{'key': b.field, 'value': b.made} FOR b IN broken IF b.made IS NOT NULL]) AS taken,
    CAST(NULL AS INTEGER) AS left_over, false AS settled
  FROM found
  UNION ALL
  SELECT l.device_id, l.broken, kept.taken, len(l.still), cardinality(kept.taken) = cardinality(l.taken)
  FROM (
    SELECT t.*, list_filter([:left_over], lambda f: f IS NOT NULL) AS still
    FROM tried t
    JOIN stg_judged j ON j.device_id = t.device_id
    CROSS JOIN stg_campaign k
    WHERE NOT t.settled AND cardinality(t.taken) > 0
  ) l
  CROSS JOIN LATERAL (
    SELECT map_from_entries([
      e FOR e IN map_entries(l.taken)
      IF NOT list_contains(l.still, e.key) AND list_has_all([b.field FOR b IN l.broken], l.still)
    ]) AS taken
  ) kept
)
SELECT
  device_id,
  to_json([
    {'field': b.field, 'rule': b.rule, 'from': b.raw, 'to': b.made} FOR b IN broken IF list_contains(map_keys(taken), b.field)
  ])::VARCHAR AS proposed,
  left_over = 0 AS is_enough
FROM tried
WHERE settled AND cardinality(taken) > 0
