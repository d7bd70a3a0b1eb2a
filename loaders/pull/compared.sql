-- Who decided in triage and where commands ran is left out, and so are the folders of files.
COPY (
  SELECT c.campaign_id, c.name, c.title, c.source, c.source_file, c.source_sha256, c.firmware_to, c.seed, c.device_count,
    ('last_stage' = ANY(c.reported_columns))::int, c.counts_contradictions::int, c.rules, c.fault_profile, c.fault_rate, c.fault_seed,
    c.batch_size, c.created_at, b.workers, b.finished_at, b.took_ms, coalesce(t.decisions, 0), r.version, :{campaigns}
  FROM campaign c
  LEFT JOIN LATERAL (
    SELECT sum(p.took_ms) AS took_ms, max(p.finished_at) AS finished_at,
      (SELECT count(DISTINCT l.worker) FROM batch_ledger l WHERE l.campaign_id = c.campaign_id AND l.stage = 'recover') AS workers
    FROM (
      SELECT max(l.finished_at) AS finished_at, extract(epoch FROM max(l.finished_at) - min(l.started_at)) * 1000 AS took_ms
      FROM batch_ledger l
      WHERE l.campaign_id = c.campaign_id AND l.stage = 'recover'
      GROUP BY l.pass
    ) p
  ) b ON true
  LEFT JOIN (
    SELECT d.campaign_id, count(*) AS decisions
    FROM triage_decision d
    WHERE d.campaign_id = ANY(:compared) AND NOT (d.version = 1 AND d.verb = 'fix' AND EXISTS (
      SELECT FROM batch_ledger l WHERE l.campaign_id = d.campaign_id AND l.stage = 'recover' AND l.started_at = d.decided_at
    ))
    GROUP BY d.campaign_id
  ) t ON t.campaign_id = c.campaign_id
  LEFT JOIN LATERAL (
    SELECT u.version FROM run u WHERE u.campaign_id = c.campaign_id AND u.stage <> 'report' ORDER BY u.started_at DESC, u.run_id DESC LIMIT 1
  ) r ON true
  WHERE c.campaign_id = ANY(:compared)
) TO STDOUT
