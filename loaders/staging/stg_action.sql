-- model: stg_action
-- question: What did recovery decide?
-- grain: one row a recovered device
-- columns:
--   device_id       VARCHAR    The device.
--   action          VARCHAR    RETRY_UPDATE or FORCE_ROLLBACK.
--   policy          VARCHAR    Policy that decided.
--   policy_version  INTEGER    Its version.
--   policy_rule     VARCHAR    Rule of the policy that matched first.
--   attempt         INTEGER    Pass of recovery over the campaign, from 1.
--   worker          INTEGER    Worker that decided, from 0.
--   batch_no        INTEGER    Batch of stage recover that the row committed with.
--   decided_at      TIMESTAMP  When its batch began to commit, UTC.
CREATE TABLE stg_action AS
SELECT
  device_id,
  action,
  policy,
  policy_version::INTEGER AS policy_version,
  policy_rule,
  attempt::INTEGER AS attempt,
  worker::INTEGER AS worker,
  batch_no::INTEGER AS batch_no,
  decided_at::TIMESTAMP AS decided_at
FROM pulled('action', {
  'device_id': 'VARCHAR', 'action': 'VARCHAR', 'policy': 'VARCHAR', 'policy_version': 'VARCHAR', 'policy_rule': 'VARCHAR',
  'attempt': 'VARCHAR', 'worker': 'VARCHAR', 'batch_no': 'VARCHAR', 'decided_at': 'VARCHAR'
});
