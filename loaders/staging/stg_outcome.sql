-- model: stg_outcome
-- question: What can have become of an update, in words that many devices share?
-- grain: one row a combination of words
-- columns:
--   outcome_no       INTEGER  Its number.
--   last_stage       VARCHAR  Last step of the update that the device reached, QUEUED to SUCCEEDED, as reported.
--   error_code       VARCHAR  Error code; '(none)' where the device reports none, '(untrusted)' where a rule finds fault with it.
--   reported_status  VARCHAR  Success or Partial, as reported.
--   counted_status   VARCHAR  The same, but Partial where the reported version contradicts a success.
--   raw_firmware_reported  VARCHAR  firmware_reported as reported, for the rules.
--   raw_last_stage         VARCHAR  last_stage as reported.
--   raw_error_code         VARCHAR  error_code as reported.
CREATE TABLE stg_outcome AS
SELECT
  outcome_no::INTEGER AS outcome_no,
  last_stage,
  trusted_error_code(error_code) AS error_code,
  update_status AS reported_status,
  counted_status,
  firmware_reported AS raw_firmware_reported,
  last_stage AS raw_last_stage,
  error_code AS raw_error_code
FROM pulled('outcome', {
  'outcome_no': 'VARCHAR', 'firmware_reported': 'VARCHAR', 'last_stage': 'VARCHAR', 'error_code': 'VARCHAR',
  'update_status': 'VARCHAR', 'counted_status': 'VARCHAR'
});
