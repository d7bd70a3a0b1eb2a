-- model: stg_rule
-- question: What can recovery decide, and by which rule?
-- grain: one row a rule of a policy, and one for quarantine
-- columns:
--   rule_no         SMALLINT  Its number.
--   action          VARCHAR   RETRY_UPDATE, FORCE_ROLLBACK or MANUAL_TRIAGE.
--   policy_rule     VARCHAR   Rule of the policy; NULL for quarantine, which follows from a finding alone.
--   update_status   VARCHAR   What the device is then: Recovered or Quarantined.
--   policy          VARCHAR   Policy that decides; NULL for quarantine.
--   policy_version  INTEGER   Its version; NULL for quarantine.
CREATE TABLE stg_rule AS
SELECT rule_no::SMALLINT AS rule_no, action, policy_rule, update_status, policy, policy_version::INTEGER AS policy_version
FROM pulled('rule', {
  'rule_no': 'VARCHAR', 'action': 'VARCHAR', 'policy_rule': 'VARCHAR', 'update_status': 'VARCHAR', 'policy': 'VARCHAR',
  'policy_version': 'VARCHAR'
});
