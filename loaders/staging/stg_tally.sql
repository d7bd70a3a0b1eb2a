-- model: stg_tally
-- question: How many devices of the other campaigns are alike in what is compared?
-- grain: one row a campaign and combination of words, one a campaign and rule that decided, one a campaign for its triage queue
-- columns:
--   campaign_id    INTEGER   Number of the campaign.
--   rule_no        SMALLINT  Row of stg_rule; NULL but of decisions.
--   rules_version  INTEGER   Version of the rule set that held devices back; NULL but of a queue that held any.
--   region         VARCHAR   Region; '(none)' where the device reports none, '(untrusted)' where a rule of the shown campaign finds fault with it.
--   model          VARCHAR   Device model, in the same way.
--   last_stage     VARCHAR   Last step of the update that the device reached, as reported.
--   error_code     VARCHAR   Error code, in the same way as the region.
--   failed         BOOLEAN   Whether the devices count as Partial; NULL but of reports.
--   devices        BIGINT    Devices.
CREATE TABLE stg_tally AS
SELECT
  campaign_id::INTEGER AS campaign_id,
  rule_no::SMALLINT AS rule_no,
  rules_version::INTEGER AS rules_version,
  trusted_region(region) AS region,
  trusted_model(model) AS model,
  last_stage,
  trusted_error_code(error_code) AS error_code,
  counted_status = 'Partial' AS failed,
  devices::BIGINT AS devices
FROM pulled('tally', {
  'campaign_id': 'VARCHAR', 'rule_no': 'VARCHAR', 'rules_version': 'VARCHAR', 'region': 'VARCHAR', 'model': 'VARCHAR',
  'last_stage': 'VARCHAR', 'error_code': 'VARCHAR', 'counted_status': 'VARCHAR', 'devices': 'VARCHAR'
});
