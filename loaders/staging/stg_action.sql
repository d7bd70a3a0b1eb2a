-- model: stg_action
-- question: What did recovery decide, all in all?
-- grain: one row an action and policy rule
-- columns:
--   action           VARCHAR    RETRY_UPDATE or FORCE_ROLLBACK.
--   policy_rule      VARCHAR    Rule of the policy that chose it.
--   devices          BIGINT     Devices for which it was decided.
--   last_decided_at  TIMESTAMP  When the last batch of them began to commit, UTC.
CREATE TABLE stg_action AS
SELECT action, policy_rule, devices::BIGINT AS devices, last_decided_at::TIMESTAMP AS last_decided_at
FROM pulled('action', {
  'action': 'VARCHAR', 'policy_rule': 'VARCHAR', 'devices': 'VARCHAR', 'last_decided_at': 'VARCHAR'
});
