/** By what a row is known; everything else by its device. */
const KEYS: Readonly<Record<string, string>> = { decision: "bucket, device_no" };

/** One row of a table, the same each time. */
const one = (table: string, condition = "true"): string => {
  const key = KEYS[table] ?? "bucket, device_id";
  return `(${key}) = (SELECT ${key} FROM ${table} WHERE ${condition} ORDER BY ${key} LIMIT 1)`;
};
export const change = (table: string, set: string, condition?: string): string =>
  `UPDATE ${table} SET ${set} WHERE ${one(table, condition)}`;
const remove = (table: string, condition?: string): string => `DELETE FROM ${table} WHERE ${one(table, condition)}`;

const SUCCESS = "outcome_no IN (SELECT outcome_no FROM update_outcome WHERE update_status = 'Success')";
const PARTIAL = "outcome_no IN (SELECT outcome_no FROM update_outcome WHERE update_status = 'Partial')";
const RULE = (id: string): string => `(SELECT rule_no FROM decision_rule WHERE policy_rule = '${id}')`;
const [RETRY, ROLLBACK] = [RULE("battery_above_12_5"), RULE("otherwise")];
/** The device of a decision, as a condition on its report. */
const DECIDED = (condition: string): string =>
  `(bucket, device_no) IN (SELECT bucket, device_no FROM decision WHERE ${condition})`;
const decide = (ruleNo: string, condition: string): string =>
  `INSERT INTO decision SELECT bucket, campaign_id, device_no, ${ruleNo}, 1, 0 FROM stored_report WHERE ${one("stored_report", condition)}`;
const enqueue = (condition: string): string =>
  `INSERT INTO triage_queue SELECT bucket, campaign_id, device_id, 'battery_missing', 1, 'battery_voltage', NULL, NULL, '[]', 'open', 1, 0, 0, 0
   FROM stored_report WHERE ${one("stored_report", condition)}`;
/** A person takes a quarantine back: the place in the queue is released, and the decision is none any more. */
export const release = `DELETE FROM decision WHERE ${one("decision", "rule_no = 0")};
  UPDATE triage_queue SET state = 'released', version = 2 WHERE (bucket, device_id) IN (
    SELECT r.bucket, r.device_id FROM stored_report r LEFT JOIN decision d USING (bucket, device_no) WHERE d.device_no IS NULL);
  INSERT INTO triage_decision (bucket, campaign_id, device_id, version, verb, decided_by, why, before, after, took_rule, took_pass, took_batch)
  SELECT bucket, campaign_id, device_id, 1, 'release', 'tester', 'to see', '{"state": "open", "amendments": []}',
    '{"state": "released", "amendments": []}', 0, attempt, batch_no
  FROM triage_queue WHERE state = 'released'`;
/** The same, with a word on the telemetry. */
const say = (
  column: "value" | "waived_rule",
  key: string,
  said: string,
  field = "battery_voltage",
): string => `${release};
  INSERT INTO telemetry_amendment (bucket, campaign_id, device_id, field, ${column})
  SELECT bucket, campaign_id, device_id, '${field}', '${said}' FROM triage_queue WHERE state = 'released';
  UPDATE triage_decision SET after = '{"state": "released", "amendments": [{"field": "${field}", "${key}": "${said}"}]}'`;
const batch = (set: string, stage: string): string =>
  `UPDATE batch_ledger SET ${set} WHERE stage = '${stage}' AND batch_no = 1`;
const unkey = (table: string): string => `ALTER TABLE ${table} DROP CONSTRAINT ${table}_pkey`;

/** Each promise, and how it is broken in the only campaign of a database, which was stored 500 devices at a time. */
export const BREAKS: readonly (readonly [check: string, how: string, statement: string])[] = [
  ["devices_stored", "a device is lost", remove("stored_report", SUCCESS)],
  ["devices_stored", "the campaign claims one more", "UPDATE campaign SET device_count = device_count + 1"],
  ["devices_stored", "a report has a profile without words", change("stored_report", "profile_no = 999999")],
  ["devices_stored", "a report has an outcome without words", change("stored_report", "outcome_no = 999999")],
  [
    "devices_stored",
    "the words of a profile are lost",
    "DELETE FROM device_profile WHERE profile_no = (SELECT min(profile_no) FROM stored_report)",
  ],
  ["devices_stored", "the words of an outcome are lost", "DELETE FROM update_outcome WHERE outcome_no = 0"],
  ["one_outcome", "a decision is lost", remove("decision")],
  ["one_outcome", "a quarantine is lost", remove("decision", "rule_no = 0")],
  ["one_outcome", "a device is released and not decided", release],
  ["one_outcome", "a Success becomes a Partial", change("stored_report", "outcome_no = 1", SUCCESS)],
  [
    "contradictions_counted",
    "a success that is contradicted counts as one",
    "UPDATE update_outcome SET firmware_reported = '0.0.1' WHERE update_status = 'Success'",
  ],
  [
    "contradictions_counted",
    "a success that nothing contradicts counts as Partial",
    "UPDATE update_outcome SET counted_status = 'Partial' WHERE update_status = 'Success'",
  ],
  [
    "contradictions_counted",
    "what was to be installed changes",
    "UPDATE device_profile SET firmware_to = '0.0.1' WHERE profile_no = (SELECT min(profile_no) FROM stored_report)",
  ],
  [
    "contradictions_counted",
    "the campaign does not count contradictions that were counted",
    `UPDATE update_outcome SET firmware_reported = '0.0.1', counted_status = 'Partial' WHERE update_status = 'Success';
     UPDATE campaign SET counts_contradictions = false`,
  ],
  ["batches_whole", "a report moves to another batch", change("stored_report", "device_no = device_no + 500")],
  ["batches_whole", "a device takes another's place", change("stored_report", "device_id = 'DEV-ffffffff'")],
  [
    "batches_whole",
    "two devices of a batch change places",
    "UPDATE stored_report SET device_no = 1 - device_no WHERE device_no IN (0, 1)",
  ],
  ["batches_whole", "the ledger counts otherwise", batch("rows = rows - 1", "generate")],
  ["batches_whole", "the ledger's checksum is another", batch("checksum = md5('')", "generate")],
  ["batches_whole", "the ledger's checksum is near", batch("checksum = (checksum::numeric + 1)::text", "generate")],
  [
    "batches_whole",
    "the ledger knows nothing of a batch",
    "DELETE FROM batch_ledger WHERE stage = 'generate' AND batch_no = 3",
  ],
  ["batches_whole", "a batch is lost as a whole", "DELETE FROM stored_report WHERE device_no BETWEEN 500 AND 999"],
  ["decision_batches_whole", "a decision moves to another batch", change("decision", "batch_no = batch_no + 1")],
  ["decision_batches_whole", "a decision moves to another pass", change("decision", "pass = pass + 1")],
  ["decision_batches_whole", "a quarantine is lost", remove("decision", "rule_no = 0")],
  [
    "decision_batches_whole",
    "a decision is another",
    change("decision", `rule_no = ${RETRY}`, `rule_no = ${ROLLBACK}`),
  ],
  ["decision_batches_whole", "the ledger's checksum is another", batch("checksum = md5('')", "recover")],
  [
    "decision_batches_whole",
    "a device is decided twice",
    `${unkey("decision_1")}; INSERT INTO decision SELECT * FROM decision WHERE ${one("decision")}`,
  ],
  ["decision_batches_whole", "the audit of a release is lost", `${release}; DELETE FROM triage_decision`],
  [
    "batches_complete",
    "a batch of chaos is missing",
    "DELETE FROM batch_ledger WHERE stage = 'corrupt' AND batch_no = 0",
  ],
  ["batches_complete", "a pass planned more", "UPDATE batch_ledger SET batches = batches + 1 WHERE stage = 'recover'"],
  ["durable", "the server answers before it flushes", "SET LOCAL synchronous_commit = off"],
  ["only_partial_decided", "a Success is recovered", decide(RETRY, SUCCESS)],
  ["only_partial_decided", "a Success is quarantined", decide("0", SUCCESS)],
  ["only_partial_decided", "somebody unknown is recovered", change("decision", "device_no = 999999")],
  ["only_partial_decided", "a decided Partial becomes a Success", change("stored_report", "outcome_no = 0", PARTIAL)],
  ["decided_once_by_key", "the key of decisions is dropped", unkey("decision_1")],
  ["decided_once_by_key", "the key of reports is dropped", unkey("stored_report_1")],
  [
    "decided_once_by_key",
    "the key lets a device be decided in two passes",
    `${unkey("decision_1")}; ALTER TABLE decision_1 ADD PRIMARY KEY (bucket, device_no, pass)`,
  ],
  [
    "decided_once_by_key",
    "the key lets a device be stored twice",
    `${unkey("stored_report_1")}; ALTER TABLE stored_report_1 ADD PRIMARY KEY (bucket, device_id, device_no)`,
  ],
  [
    "decided_once_by_key",
    "a unique index is all that is left of a key",
    `${unkey("decision_1")}; CREATE UNIQUE INDEX ON decision_1 (bucket, device_no)`,
  ],
  ["not_both", "a recovered device is in triage", enqueue(DECIDED("rule_no > 0"))],
  ["not_both", "a Success is in triage", enqueue(SUCCESS)],
  ["not_both", "a quarantined device is recovered", change("decision", `rule_no = ${RETRY}`, "rule_no = 0")],
  ["not_both", "a quarantine has no place in triage", remove("triage_queue")],
  ["not_both", "a quarantine has no open place in triage", change("triage_queue", "state = 'released'")],
  ["not_both", "somebody unknown is in triage", change("triage_queue", "device_id = 'nobody'")],
  [
    "raw_value_kept",
    "a byte is added",
    change("triage_queue", "raw_value = raw_value || ' '", "raw_value IS NOT NULL"),
  ],
  ["raw_value_kept", "the hash is of something else", change("triage_queue", "raw_sha256 = sha256('')")],
  [
    "raw_value_kept",
    "both are of another value",
    change("triage_queue", "raw_value = '1', raw_sha256 = sha256('1')", "raw_value IS NOT NULL"),
  ],
  [
    "raw_value_kept",
    "nothing becomes an empty text",
    change("triage_queue", "raw_value = '', raw_sha256 = sha256('')", "raw_value IS NULL"),
  ],
  [
    "raw_value_kept",
    "the evidence of a released device is lost",
    `${release}; UPDATE triage_queue SET raw_value = 'x' WHERE state = 'released'`,
  ],
  [
    "decided_by_persons",
    "a person's decision has no audit",
    `INSERT INTO decision_rule VALUES (98, 'RETRY_UPDATE', 'Recovered', 'person', 1, 'rejected');
     ${change("decision", "rule_no = 98", "rule_no = 0")}`,
  ],
  ["decided_by_persons", "a place is rejected by nobody", change("triage_queue", "state = 'rejected'")],
  ["triage_audited", "a place moves on without an entry", change("triage_queue", "version = 2")],
  ["triage_audited", "a place is released without an entry", change("triage_queue", "state = 'released'")],
  ["triage_audited", "an entry is lost", `${release}; DELETE FROM triage_decision`],
  ["triage_audited", "an entry is of another version", `${release}; UPDATE triage_decision SET version = 7`],
  ["triage_audited", "an entry is of somebody unknown", `${release}; UPDATE triage_decision SET device_id = 'nobody'`],
  [
    "triage_audited",
    "an entry says another state",
    `${release}; UPDATE triage_decision SET after = after || '{"state": "rejected"}'`,
  ],
  ["amendments_hold", "a corrected value breaks a rule", say("value", "value", "99")],
  ["amendments_hold", "a waiver is of a finding that there is not", say("waived_rule", "rule", "battery_wet")],
  [
    "amendments_hold",
    "a corrected value is not audited",
    `${say("value", "value", "12")}; UPDATE telemetry_amendment SET value = '13'`,
  ],
  ["amendments_hold", "a corrected value is lost", `${say("value", "value", "12")}; DELETE FROM telemetry_amendment`],
  [
    "loader_sees_only_published",
    "it may read who decided",
    "GRANT SELECT (decided_by) ON triage_decision TO sentinel_loader",
  ],
  ["rerun_changes_nothing", "a decision is lost", remove("decision")],
  ["rerun_changes_nothing", "a device is released and not decided", release],
  ["no_gap_no_repeat", "a report is lost", remove("stored_report")],
  ["no_gap_no_repeat", "a fault is lost", remove("fault_ledger")],
  ["no_gap_no_repeat", "the ledger counts a decision twice", batch("rows = rows + 1", "recover")],
  [
    "no_gap_no_repeat",
    "a device is decided twice",
    `${unkey("decision_1")}; INSERT INTO decision SELECT * FROM decision WHERE ${one("decision")}`,
  ],
  ["decisions_agree", "an action is the other one", change("decision", `rule_no = ${RETRY}`, `rule_no = ${ROLLBACK}`)],
  [
    "decisions_agree",
    "an action is laid to another rule",
    `INSERT INTO decision_rule VALUES (99, 'RETRY_UPDATE', 'Recovered', 'default', 1, 'another');
     ${change("decision", "rule_no = 99", `rule_no = ${RETRY}`)}`,
  ],
  [
    "decisions_agree",
    "a rule's action is turned round",
    `UPDATE decision_rule SET action = 'FORCE_ROLLBACK' WHERE rule_no = ${RETRY}`,
  ],
  [
    "decisions_agree",
    "a device was quarantined by another rule",
    change("triage_queue", "rule_id = 'storage_missing'", "field <> 'storage_free_mb'"),
  ],
  [
    "decisions_agree",
    "a healthy device was quarantined",
    `${enqueue(DECIDED("rule_no > 0"))}; UPDATE decision d SET rule_no = 0 FROM stored_report r JOIN triage_queue t USING (bucket, device_id)
     WHERE (r.bucket, r.device_no) = (d.bucket, d.device_no)`,
  ],
  ["decisions_agree", "a sick device was recovered", change("decision", `rule_no = ${RETRY}`, "rule_no = 0")],
  [
    "decisions_agree",
    "a report changes after its decision",
    change("stored_report", "battery_voltage = 'x'", `${PARTIAL} AND ${DECIDED("rule_no > 0")}`),
  ],
  [
    "runs_ended",
    "a run is left open",
    "INSERT INTO run (run_id, stage, options, version, host) VALUES (gen_random_uuid(), 'recover', '{}', '0', 'h')",
  ],
  ["loader_sees_only_published", "it may read the host", "GRANT SELECT (host) ON run TO sentinel_loader"],
  ["loader_sees_only_published", "it may read errors", "GRANT SELECT (error) ON run TO sentinel_loader"],
  ["loader_sees_only_published", "everyone may read who holds the lease", "GRANT SELECT ON lease TO PUBLIC"],
  ["faults_as_recorded", "a fault says another value", change("fault_ledger", "after_value = 'x'")],
  [
    "faults_as_recorded",
    "a fault is of another field",
    change("fault_ledger", "field = 'storage_free_mb'", "field = 'signal_strength'"),
  ],
  [
    "faults_as_recorded",
    "a corrupted value is mended",
    change("stored_report", "signal_strength = '50'", "signal_strength = '-999'"),
  ],
  ["faults_as_recorded", "somebody unknown was struck", change("fault_ledger", "device_id = 'nobody'")],
  [
    "seed_makes_the_same",
    "a report says another model",
    change(
      "stored_report",
      "profile_no = (SELECT min(o.profile_no) FROM device_profile p JOIN device_profile o ON o.model <> p.model WHERE p.profile_no = stored_report.profile_no)",
    ),
  ],
  [
    "seed_makes_the_same",
    "the word for a model changes",
    "UPDATE device_profile SET model = 'SG-999' WHERE profile_no = (SELECT min(profile_no) FROM stored_report)",
  ],
  [
    "seed_makes_the_same",
    "the word for an error changes",
    "UPDATE update_outcome SET error_code = 'E999' WHERE outcome_no = (SELECT max(outcome_no) FROM stored_report)",
  ],
  ["seed_makes_the_same", "a report moves to another batch", change("stored_report", "device_no = device_no + 500")],
  [
    "seed_makes_the_same",
    "a value loses a digit",
    change("stored_report", "storage_free_mb = left(storage_free_mb, -1)", "length(storage_free_mb) > 3"),
  ],
  [
    "seed_makes_the_same",
    "a fault hides what was before",
    change("fault_ledger", "before_value = '12.00'", "field = 'battery_voltage'"),
  ],
  ["seed_makes_the_same", "a Partial becomes a Success", change("stored_report", "outcome_no = 0", PARTIAL)],
  ["seed_makes_the_same", "the campaign names another seed", "UPDATE campaign SET seed = seed + 1"],
];
