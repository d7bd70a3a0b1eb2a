-- model: stg_profile
-- question: What are devices, in words that many of them share?
-- grain: one row a combination of words
-- columns:
--   profile_no     INTEGER  Its number.
--   region         VARCHAR  Region; '(none)' where the device reports none, '(untrusted)' where a rule finds fault with it.
--   model          VARCHAR  Device model; '(none)' where the device reports none, '(untrusted)' where a rule finds fault with it.
--   firmware_from  VARCHAR  Version before the rollout; '(none)' where the device reports none, '(untrusted)' where a rule finds fault with it.
--   raw_region         VARCHAR  region as reported, for the rules.
--   raw_model          VARCHAR  model as reported.
--   raw_hardware       VARCHAR  Hardware revision as reported.
--   raw_firmware_from  VARCHAR  firmware_from as reported.
--   raw_firmware_to    VARCHAR  Version that the rollout installs, as reported.
CREATE TABLE stg_profile AS
SELECT
  profile_no::INTEGER AS profile_no,
  trusted_region(region) AS region,
  trusted_model(model) AS model,
  trusted_firmware_from(firmware_from) AS firmware_from,
  region AS raw_region,
  model AS raw_model,
  hardware AS raw_hardware,
  firmware_from AS raw_firmware_from,
  firmware_to AS raw_firmware_to
FROM pulled('profile', {
  'profile_no': 'VARCHAR', 'region': 'VARCHAR', 'model': 'VARCHAR', 'hardware': 'VARCHAR', 'firmware_from': 'VARCHAR',
  'firmware_to': 'VARCHAR'
});
