-- Reports are left out, or publishing would change what is published. Of the options only the listed ones go out, paths
-- without their folders.
COPY (
  SELECT r.run_id, r.stage, coalesce(o.published, '{}'), r.version, r.started_at, r.finished_at, r.result
  FROM run r
  LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(
      e.key,
      CASE jsonb_typeof(e.value)
        WHEN 'string' THEN to_jsonb(regexp_replace(e.value #>> '{}', '^.*[/\\]', ''))
        ELSE e.value
      END
    ) AS published
    FROM jsonb_each(CASE jsonb_typeof(r.options) WHEN 'object' THEN r.options ELSE '{}' END) e
    WHERE e.key IN (
      'devices', 'seed', 'workers', 'batchSize', 'from', 'faultRate', 'profile', 'policy', 'rules', 'campaign', 'resume', 'replace', 'undo'
    ) AND jsonb_typeof(e.value) IN ('string', 'number', 'boolean', 'null')
  ) o ON true
  WHERE r.campaign_id = :campaign AND r.stage <> 'report'
) TO STDOUT
