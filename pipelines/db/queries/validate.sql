-- Each invariant is a row: its name, what must be found, and what was, as text. A statement may answer several, so that the fleet is read
-- once. $1 is the campaign. The comment lines below a name are the promises in words.

-- name: every_report
-- devices_stored: Every device of the campaign is stored, once.
-- one_outcome: Every Partial device has exactly one terminal outcome: a recovery action or an open place in the triage queue.
-- contradictions_counted: A device that reported success but another version than the one to be installed counts as Partial, any other as what it reported.
-- only_partial_decided: Recovery decides only devices that count as Partial.
-- decisions_agree: Every decision of recovery agrees with the rules and the policy run again as SQL, on values as persons corrected them.
-- rerun_changes_nothing: Running again changes nothing: no device is undecided, so another recovery has nothing to do.
-- no_gap_no_repeat: A run that was killed and resumed did each batch once: the ledger's rows add up to what is stored.
WITH alike AS (
  SELECT r.profile_no, r.outcome_no, count(*) AS devices
  FROM stored_report r
  WHERE r.campaign_id = $1
  GROUP BY r.profile_no, r.outcome_no
), fleet AS (
  SELECT coalesce(sum(a.devices), 0) AS stored, coalesce(sum(a.devices) FILTER (WHERE o.counted_status = 'Partial'), 0) AS partial,
    coalesce(sum(a.devices) FILTER (
      WHERE o.counted_status IS DISTINCT FROM CASE
        WHEN c.counts_contradictions AND version_said(o.firmware_reported) <> version_said(p.firmware_to) THEN 'Partial'
        ELSE o.update_status
      END
    ), 0) AS miscounted
  FROM alike a
  JOIN campaign c ON c.campaign_id = $1
  JOIN device_profile p ON p.campaign_id = $1 AND p.profile_no = a.profile_no
  JOIN update_outcome o ON o.campaign_id = $1 AND o.outcome_no = a.outcome_no
), judged AS (
  -- What the rules find is one expression and is named once below: PostgreSQL works out again what is named again.
  SELECT u.policy, u.made, u.is_misdone, t.rule_id AS held_by, :first_finding AS found_by, :policy_rule AS asked
  FROM judged_report r
  JOIN decision d ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no
  LEFT JOIN ( -- words are compared once a rule, not once a device
    SELECT w.rule_no, w.policy, coalesce(w.policy_rule, w.action) AS made,
      w.policy_rule IS NOT NULL AND w.action IS DISTINCT FROM :policy_action AS is_misdone
    FROM decision_rule w
  ) u ON u.rule_no = d.rule_no
  LEFT JOIN triage_queue t ON t.bucket = r.bucket AND t.campaign_id = r.campaign_id AND t.state = 'open'
    AND t.device_id = CASE WHEN d.rule_no = 0 THEN r.device_id END -- which asks the queue for these alone
  WHERE r.campaign_id = $1
    AND (r.outcome_no IN ( -- IS TRUE makes it a look-up while the reports are read, where a join would come last
      SELECT o.outcome_no FROM update_outcome o WHERE o.campaign_id = $1 AND o.counted_status = 'Partial'
    )) IS TRUE
), found AS (
  -- Of a device that the server made wait, the rules need to have nothing to say. A place in the queue without a decision is a breach of another promise.
  SELECT count(*) AS rightly_decided,
    count(*) FILTER (
      WHERE w.policy IS DISTINCT FROM 'person'
        AND (w.is_misdone OR w.made IS DISTINCT FROM CASE WHEN w.found_by IS NOT NULL THEN 'MANUAL_TRIAGE' ELSE w.asked END)
    ) AS differing,
    count(*) FILTER (WHERE w.held_by IS NOT NULL AND w.held_by <> 'refused_by_server' AND w.held_by IS DISTINCT FROM w.found_by) AS misnamed,
    count(*) FILTER (WHERE w.held_by IS NOT NULL AND w.held_by = 'refused_by_server' AND w.found_by IS NULL) AS refused
  FROM judged w
), beside AS MATERIALIZED ( -- each count once, however often it is named
  SELECT (SELECT count(*) FROM decision d WHERE d.campaign_id = $1) AS decisions,
    (SELECT count(*) FROM fault_ledger f WHERE f.campaign_id = $1) AS faults,
    (SELECT count(t.took_rule) - count(t.gave_rule) FROM triage_decision t WHERE t.campaign_id = $1) AS taken,
    (SELECT c.device_count FROM campaign c WHERE c.campaign_id = $1) AS devices
), ledger AS (
  SELECT sum(b.rows) FILTER (WHERE b.stage = 'generate') AS reports,
    coalesce(sum(b.rows) FILTER (WHERE b.stage = 'corrupt'), 0) AS faults,
    coalesce(sum(b.rows) FILTER (WHERE b.stage = 'recover'), 0) AS decisions
  FROM batch_ledger b
  WHERE b.campaign_id = $1
)
SELECT v.*
FROM fleet a
CROSS JOIN found f
CROSS JOIN beside b
CROSS JOIN ledger l
CROSS JOIN LATERAL (VALUES
  ('devices_stored', b.devices::text, a.stored::text),
  ('one_outcome', '0 devices with another number of outcomes', a.partial - f.rightly_decided || ' devices with another number of outcomes'),
  ('contradictions_counted', '0 devices counted as something else', a.miscounted || ' devices counted as something else'),
  ('only_partial_decided', '0 decisions on other devices', b.decisions - f.rightly_decided || ' decisions on other devices'),
  ('decisions_agree', '0 decisions that differ', f.differing - f.refused + f.misnamed || ' decisions that differ'),
  ('rerun_changes_nothing', '0 devices left to decide', a.partial - b.decisions || ' devices left to decide'),
  (
    'no_gap_no_repeat', concat_ws(', ', 'reports ' || l.reports, 'faults ' || l.faults, 'decisions ' || l.decisions),
    concat_ws(', ', 'reports ' || a.stored, 'faults ' || b.faults, 'decisions ' || b.decisions + b.taken)
  )
) AS v (name, expected, actual)

-- name: batches_whole
-- batches_whole: A batch of reports is stored whole or not at all: its rows and the checksum of its devices are those of the ledger.
WITH stored AS (
  SELECT r.device_no / (SELECT c.batch_size FROM campaign c WHERE c.campaign_id = $1) AS batch_no, count(*) AS rows,
    sum(hashtextextended(r.device_id, r.device_no)) AS checksum
  FROM stored_report r
  WHERE r.campaign_id = $1
  GROUP BY 1
)
SELECT 'batches_whole' AS name, '0 batches that differ from the ledger' AS expected,
  count(*) FILTER (WHERE l.rows IS DISTINCT FROM s.rows OR l.checksum IS DISTINCT FROM s.checksum::text)
    || ' batches that differ from the ledger' AS actual
FROM stored s
FULL JOIN (SELECT * FROM batch_ledger b WHERE b.campaign_id = $1 AND b.stage = 'generate') l ON l.batch_no = s.batch_no

-- name: decision_batches_whole
-- decision_batches_whole: A batch of decisions is stored whole or not at all: its rows and the checksum of its devices are those of the ledger.
WITH decided AS (
  SELECT d.pass, d.batch_no, count(*) AS rows, sum(hashtextextended(d.device_no::text, d.rule_no)) AS checksum
  FROM decision d
  WHERE d.campaign_id = $1
  GROUP BY d.pass, d.batch_no
  UNION ALL -- what people took away counts on, what they put there does not count
  SELECT p.pass, p.batch_no, sum(p.times), sum(p.times * hashtextextended(r.device_no::text, p.rule_no)::numeric)
  FROM triage_decision t
  JOIN stored_report r ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
  CROSS JOIN LATERAL (VALUES
    (t.took_pass, t.took_batch, t.took_rule, 1), (t.gave_pass, t.gave_batch, t.gave_rule, -1)
  ) AS p (pass, batch_no, rule_no, times)
  WHERE t.campaign_id = $1 AND p.rule_no IS NOT NULL
  GROUP BY p.pass, p.batch_no
), stored AS (
  SELECT d.pass, d.batch_no, sum(d.rows) AS rows, sum(d.checksum) AS checksum
  FROM decided d
  GROUP BY d.pass, d.batch_no
)
SELECT 'decision_batches_whole' AS name, '0 batches that differ from the ledger' AS expected,
  count(*) FILTER (WHERE l.rows IS DISTINCT FROM s.rows OR l.checksum IS DISTINCT FROM s.checksum::text)
    || ' batches that differ from the ledger' AS actual
FROM stored s
FULL JOIN (SELECT * FROM batch_ledger b WHERE b.campaign_id = $1 AND b.stage = 'recover' AND b.rows > 0) l
  ON l.pass = s.pass AND l.batch_no = s.batch_no

-- name: batches_complete
-- batches_complete: Every pass that began is complete: no batch of its plan is missing.
SELECT 'batches_complete' AS name,
  coalesce(string_agg(p.stage || ' ' || p.pass || ': ' || p.planned, ', ' ORDER BY p.stage, p.pass), 'none') AS expected,
  coalesce(string_agg(p.stage || ' ' || p.pass || ': ' || p.committed, ', ' ORDER BY p.stage, p.pass), 'none') AS actual
FROM (
  SELECT b.stage, b.pass, max(b.batches) AS planned, count(*) AS committed
  FROM batch_ledger b
  WHERE b.campaign_id = $1
  GROUP BY b.stage, b.pass
) p

-- name: durable
-- durable: An acknowledged batch survives a crash: the server flushes before it answers.
SELECT 'durable' AS name, 'fsync on, full_page_writes on, synchronous_commit on' AS expected,
  'fsync ' || current_setting('fsync') || ', full_page_writes ' || current_setting('full_page_writes')
    || ', synchronous_commit ' || CASE current_setting('synchronous_commit') WHEN 'off' THEN 'off' ELSE 'on' END AS actual

-- name: decided_once_by_key
-- decided_once_by_key: Each device is stored at most once and decided at most once, held by primary keys.
SELECT 'decided_once_by_key' AS name, 'decision: bucket, device_no; stored_report: bucket, device_id' AS expected,
  string_agg(p.what || ': ' || coalesce(k.columns, 'no primary key'), '; ' ORDER BY p.what) AS actual
FROM (VALUES ('decision'), ('stored_report')) AS p (what)
LEFT JOIN LATERAL (
  SELECT string_agg(a.attname, ', ' ORDER BY n.ordinality) AS columns
  FROM pg_index i
  CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS n (attnum, ordinality)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = n.attnum
  WHERE i.indrelid = to_regclass(p.what || '_' || $1::int) AND i.indisprimary
) k ON true

-- name: every_quarantine
-- not_both: No device is both recovered and in triage, and every quarantine has its open place there.
-- raw_value_kept: The raw value of a quarantined field is kept to the byte, with its hash.
WITH held AS (
  SELECT d.rule_no, t.state, t.raw_sha256, t.raw_value,
    convert_to(CASE t.field
      WHEN 'device_id' THEN r.device_id
      WHEN 'region' THEN p.region
      WHEN 'model' THEN p.model
      WHEN 'hardware' THEN p.hardware
      WHEN 'firmware_from' THEN p.firmware_from
      WHEN 'firmware_to' THEN p.firmware_to
      WHEN 'firmware_reported' THEN o.firmware_reported
      WHEN 'last_stage' THEN o.last_stage
      WHEN 'error_code' THEN o.error_code
      WHEN 'attempts' THEN r.attempts
      WHEN 'battery_voltage' THEN r.battery_voltage
      WHEN 'signal_strength' THEN r.signal_strength
      WHEN 'storage_free_mb' THEN r.storage_free_mb
      WHEN 'reported_at' THEN r.reported_at
    END, 'UTF8') AS reported
  FROM triage_queue t
  LEFT JOIN stored_report r ON r.bucket = t.bucket AND r.campaign_id = t.campaign_id AND r.device_id = t.device_id
  LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
  LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
  LEFT JOIN decision d ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no
  WHERE t.campaign_id = $1
), found AS (
  SELECT count(*) FILTER (WHERE h.state = 'open' AND h.rule_no IS DISTINCT FROM 0) AS not_quarantined,
    count(*) FILTER (WHERE h.state = 'open' AND h.rule_no = 0) AS quarantined,
    count(*) FILTER (
      WHERE h.raw_sha256 IS DISTINCT FROM sha256(h.raw_value) OR h.raw_value IS DISTINCT FROM h.reported
    ) AS differing
  FROM held h
), beside AS (
  SELECT count(*) AS quarantines FROM decision d WHERE d.campaign_id = $1 AND d.rule_no = 0
)
SELECT v.*
FROM found f
CROSS JOIN beside b
CROSS JOIN LATERAL (VALUES
  (
    'not_both', '0 devices in both, 0 in neither',
    f.not_quarantined || ' devices in both, ' || b.quarantines - f.quarantined || ' in neither'
  ),
  ('raw_value_kept', '0 values that differ from the report', f.differing || ' values that differ from the report')
) AS v (name, expected, actual)

-- name: every_triage_decision
-- decided_by_persons: A person's decision stands exactly where a place in triage was rejected, and it is the action that the audit says.
-- triage_audited: Each place in triage is as the last entry of its audit says, and no entry is missing.
-- amendments_hold: What persons say of telemetry is as audited; each corrected value passes the rules run again as SQL, each waiver meets its finding, and what recovery repaired by itself is what its rule's repair makes of the report.
WITH entry AS (
  SELECT t.bucket, t.device_id, t.version, t.verb, t.after, t.gave_rule, q.state, q.device_id IS NULL AS is_lost,
    lag(t.version) OVER earlier AS version_before, lag(t.after ->> 'state') OVER earlier AS state_before,
    lead(t.version) OVER earlier IS NULL AS is_last
  FROM triage_decision t
  LEFT JOIN triage_queue q ON q.bucket = t.bucket AND q.campaign_id = t.campaign_id AND q.device_id = t.device_id
  WHERE t.campaign_id = $1
  WINDOW earlier AS (PARTITION BY t.bucket, t.device_id ORDER BY t.version)
), held AS (
  SELECT q.device_id, q.state, q.version, e.version AS entered, e.verb, e.after, e.gave_rule, d.rule_no, u.policy, u.action,
    CASE WHEN e.device_id IS NULL THEN 0 ELSE 1 END AS entries
  FROM triage_queue q
  LEFT JOIN entry e ON e.bucket = q.bucket AND e.device_id = q.device_id AND e.is_last
  LEFT JOIN stored_report r ON r.bucket = q.bucket AND r.campaign_id = q.campaign_id AND r.device_id = q.device_id
  LEFT JOIN decision d ON d.bucket = r.bucket AND d.campaign_id = r.campaign_id AND d.device_no = r.device_no
  LEFT JOIN decision_rule u ON u.rule_no = d.rule_no
  WHERE q.campaign_id = $1
), place AS (
  -- A place that recovery opened again has moved on by one more than the entry that released it.
  SELECT count(*) FILTER (
      WHERE (h.state = 'rejected') <> (h.policy IS NOT DISTINCT FROM 'person')
        OR (h.state = 'rejected' AND (h.rule_no IS DISTINCT FROM h.gave_rule OR h.action IS DISTINCT FROM h.after ->> 'action'))
    ) AS not_by_person,
    count(*) FILTER (WHERE h.policy = 'person') AS by_person,
    count(*) FILTER (
      WHERE NOT coalesce(
        CASE
          WHEN h.entries = 0 THEN h.state = 'open' AND h.version = 1
          WHEN h.version = h.entered + 1 THEN h.after ->> 'state' = h.state
          WHEN h.version = h.entered + 2 THEN h.after ->> 'state' = 'released' AND h.state = 'open'
        END, false)
    ) AS unaudited
  FROM held h
), gap AS (
  SELECT count(*) FILTER (
      WHERE e.is_lost OR NOT coalesce(
        CASE e.version - coalesce(e.version_before, 0)
          WHEN 1 THEN true
          WHEN 2 THEN e.state_before = 'released' AND e.verb <> 'reopen'
        END, false)
    ) AS missing
  FROM entry e
), word AS (
  SELECT e.bucket, e.device_id, e.state, a.field, a.value, a.rule, e.after ->> 'by' = 'rule' AS is_by_rule
  FROM entry e
  CROSS JOIN LATERAL jsonb_to_recordset(e.after -> 'amendments') AS a (field text, value text, rule text)
  WHERE e.is_last
), said AS (
  -- Of a device that waits again, rules may have come to find fault with what was said.
  SELECT count(w.value) AS fixed, count(w.rule) AS waived FROM word w WHERE w.state <> 'open'
), judged AS (
  SELECT a.value, a.waived_rule, w.state,
    CASE a.field :finding_of_field END AS finding,
    w.is_by_rule IS NOT true OR a.value IS NOT DISTINCT FROM :repaired_value AS is_as_asked,
    w.device_id IS NOT NULL AND w.value IS NOT DISTINCT FROM a.value AND w.rule IS NOT DISTINCT FROM a.waived_rule AS is_audited
  FROM telemetry_amendment a
  LEFT JOIN word w ON w.bucket = a.bucket AND w.device_id = a.device_id AND w.field = a.field
  LEFT JOIN judged_report r ON r.bucket = a.bucket AND r.campaign_id = a.campaign_id AND r.device_id = a.device_id
  LEFT JOIN device_report o ON o.bucket = a.bucket AND o.campaign_id = a.campaign_id AND o.device_id = a.device_id
  WHERE a.campaign_id = $1
), standing AS (
  SELECT count(*) FILTER (WHERE j.is_audited AND j.state <> 'open' AND j.value IS NOT NULL AND j.finding IS NULL AND j.is_as_asked) AS fixed,
    count(*) FILTER (WHERE j.is_audited AND j.state <> 'open' AND j.waived_rule = j.finding) AS waived,
    count(*) FILTER (WHERE NOT j.is_audited) AS unsaid
  FROM judged j
), beside AS MATERIALIZED (
  SELECT count(*) AS by_person
  FROM decision d
  JOIN decision_rule u ON u.rule_no = d.rule_no AND u.policy = 'person'
  WHERE d.campaign_id = $1
)
SELECT v.*
FROM place p
CROSS JOIN gap g
CROSS JOIN said s
CROSS JOIN standing t
CROSS JOIN beside b
CROSS JOIN LATERAL (VALUES
  (
    'decided_by_persons', b.by_person || ' decisions of persons, 0 that differ',
    p.by_person || ' decisions of persons, ' || p.not_by_person || ' that differ'
  ),
  ('triage_audited', '0 places unlike their audit, 0 entries missing', p.unaudited || ' places unlike their audit, ' || g.missing || ' entries missing'),
  (
    'amendments_hold', s.fixed || ' corrected values that pass, ' || s.waived || ' waivers that meet their finding, 0 unaudited',
    t.fixed || ' corrected values that pass, ' || t.waived || ' waivers that meet their finding, ' || t.unsaid || ' unaudited'
  )
) AS v (name, expected, actual)

-- name: runs_ended
-- runs_ended: Every run ends, in success or with a word on how to resume: none that was killed is left open.
SELECT 'runs_ended' AS name, '0 runs left open' AS expected, count(*) || ' runs left open' AS actual
FROM run
WHERE result = 'running' AND stage <> 'validate'

-- name: loader_sees_only_published
-- loader_sees_only_published: The loaders' role cannot read what is never published.
SELECT 'loader_sees_only_published' AS name, 'nothing forbidden' AS expected,
  coalesce(string_agg(p.what, ', ' ORDER BY p.what), 'nothing forbidden') AS actual
FROM (VALUES ('run.host'), ('run.error'), ('lease.holder'), ('triage_decision.decided_by'), ('triage_decision.why')) AS p (what)
JOIN pg_roles o ON o.rolname = 'sentinel_loader'
WHERE has_column_privilege(o.oid, split_part(p.what, '.', 1), split_part(p.what, '.', 2), 'SELECT')

-- name: faults_as_recorded
-- faults_as_recorded: The fault ledger tells the truth: each field holds what it says.
SELECT 'faults_as_recorded' AS name, '0 faults that do not stand in the report' AS expected,
  count(*) || ' faults that do not stand in the report' AS actual
FROM fault_ledger f
LEFT JOIN stored_report r ON r.bucket = f.bucket AND r.campaign_id = f.campaign_id AND r.device_id = f.device_id
LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
WHERE f.campaign_id = $1
  AND (
    r.device_id IS NULL
    OR f.after_value IS DISTINCT FROM CASE f.field
      WHEN 'region' THEN p.region
      WHEN 'model' THEN p.model
      WHEN 'hardware' THEN p.hardware
      WHEN 'firmware_reported' THEN o.firmware_reported
      WHEN 'last_stage' THEN o.last_stage
      WHEN 'error_code' THEN o.error_code
      WHEN 'attempts' THEN r.attempts
      WHEN 'battery_voltage' THEN r.battery_voltage
      WHEN 'signal_strength' THEN r.signal_strength
      WHEN 'storage_free_mb' THEN r.storage_free_mb
      WHEN 'reported_at' THEN r.reported_at
      ELSE 'no such field'
    END
  )

-- A policy that decided in pass $2: the first that is found, so that not all decisions are read.
-- name: policy
SELECT u.policy
FROM decision d
JOIN decision_rule u ON u.rule_no = d.rule_no AND u.policy <> 'person'
WHERE d.campaign_id = $1 AND d.pass = $2
LIMIT 1

-- name: sample
SELECT r.batch_no, r.bucket, r.device_id, r.region, r.model, r.hardware, r.firmware_from, r.firmware_to, r.firmware_reported,
  r.last_stage, r.error_code, r.attempts, r.battery_voltage, r.signal_strength, r.storage_free_mb, r.reported_at, r.update_status,
  f.before
FROM device_report r
LEFT JOIN (
  SELECT l.bucket, l.device_id, jsonb_object_agg(l.field, l.before_value) AS before
  FROM fault_ledger l
  WHERE l.campaign_id = $1 AND l.bucket = ANY($2)
  GROUP BY l.bucket, l.device_id
) f ON f.bucket = r.bucket AND f.device_id = r.device_id
WHERE r.campaign_id = $1 AND r.bucket = ANY($2)

-- name: prototype
SELECT update_status, count(*) FROM ota_logs GROUP BY update_status

-- name: is_current
SELECT FROM current_campaign WHERE campaign_id = $1

-- name: by_status
SELECT update_status, count(*) FROM device_status WHERE campaign_id = :campaign GROUP BY update_status

-- What is found in reports of any status, held against what chaos hid; what is found beyond that are false alarms. A false success is found by what it
-- counts as, not by a rule.
-- name: detection
WITH alike AS MATERIALIZED (
  SELECT r.profile_no, r.outcome_no, count(*) AS devices
  FROM stored_report r
  WHERE r.campaign_id = $1
  GROUP BY r.profile_no, r.outcome_no
), :judged_values, alarm AS (
  SELECT k.kinds ->> 0 AS kind, sum(v.devices) AS devices
  FROM (
:alarms
  ) v
  JOIN jsonb_each($2) AS k (rule_id, kinds) ON k.rule_id = v.rule_id
  GROUP BY k.kinds ->> 0
), fault AS (
  SELECT l.kind, k.kinds ->> 0 AS found_as, k.kinds ? l.kind OR w.is_counted AS is_rightly,
    k.rule_id IS NOT NULL OR w.is_counted AS is_found, :any_finding IS NOT NULL AS is_anywhere
  FROM fault_ledger l
  JOIN stored_report r ON r.bucket = l.bucket AND r.campaign_id = l.campaign_id AND r.device_id = l.device_id
  LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
  LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
  CROSS JOIN LATERAL (SELECT l.kind = 'false_success' AND o.counted_status <> o.update_status AS is_counted) w
  LEFT JOIN jsonb_each($2) AS k (rule_id, kinds) ON k.rule_id = CASE l.field :finding_of_field END
  WHERE l.campaign_id = $1
), hidden AS (
  SELECT f.kind, count(*) AS injected, count(*) FILTER (WHERE f.is_found) AS found, count(*) FILTER (WHERE f.is_rightly) AS right_rule,
    count(*) FILTER (WHERE f.is_anywhere AND NOT f.is_found) AS elsewhere
  FROM fault f
  GROUP BY f.kind
), rightful AS (
  SELECT f.found_as AS kind, count(*) AS devices FROM fault f WHERE f.found_as IS NOT NULL GROUP BY f.found_as
)
SELECT w.kind, coalesce(h.injected, 0)::int AS injected, coalesce(h.found, 0)::int AS found,
  coalesce(h.right_rule, 0)::int AS right_rule, coalesce(h.elsewhere, 0)::int AS elsewhere,
  (coalesce(a.devices, 0) - coalesce(g.devices, 0))::int AS false_alarms
FROM (SELECT kind FROM hidden UNION SELECT kind FROM alarm) w
LEFT JOIN hidden h ON h.kind = w.kind
LEFT JOIN alarm a ON a.kind = w.kind
LEFT JOIN rightful g ON g.kind = w.kind
ORDER BY w.kind

-- A fleet reports few different values: each is judged once, with how often it comes. PostgreSQL would judge the reports, but for the OFFSET.
-- name: judged_values
:judged_field AS MATERIALIZED (
  SELECT d.value, d.devices, :value_finding AS rule_id
  FROM (
    SELECT :column AS value, count(*) AS devices
    FROM stored_report r
    WHERE r.campaign_id = $1 AND :is_reported
    GROUP BY 1
    OFFSET 0
  ) d
)

-- The same of a word, which many devices share.
-- name: judged_words
:judged_field AS MATERIALIZED (
  SELECT d.value, d.devices, :value_finding AS rule_id
  FROM (
    SELECT :column AS value, sum(a.devices) AS devices
    FROM alike a
    LEFT JOIN device_profile p ON p.campaign_id = $1 AND p.profile_no = a.profile_no
    LEFT JOIN update_outcome o ON o.campaign_id = $1 AND o.outcome_no = a.outcome_no
    WHERE :is_reported
    GROUP BY 1
    OFFSET 0
  ) d
)

-- name: alarms
SELECT v.rule_id, v.devices FROM :judged_field v WHERE v.rule_id <> '?'

-- Where that depends on the rest of the report, the reports that have such a value.
-- name: alarms_in_context
SELECT v.rule_id, count(*) AS devices
FROM (
  SELECT :finding AS rule_id
  FROM stored_report r
  LEFT JOIN device_profile p ON p.campaign_id = r.campaign_id AND p.profile_no = r.profile_no
  LEFT JOIN update_outcome o ON o.campaign_id = r.campaign_id AND o.outcome_no = r.outcome_no
  JOIN :judged_field q ON q.rule_id = '?' AND coalesce(q.value, '') = coalesce(:column, '') AND (q.value IS NULL) = (:column IS NULL)
  WHERE r.campaign_id = $1
  OFFSET 0
) v
WHERE v.rule_id IS NOT NULL
GROUP BY v.rule_id

-- name: forget
DELETE FROM validation_result WHERE campaign_id = $1

-- name: record
INSERT INTO validation_result (campaign_id, check_name, ordinal, promise, expected, actual, passed, query, run_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
