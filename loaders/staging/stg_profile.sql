-- model: stg_profile
-- question: What are devices, in words that many of them share?
-- grain: one row a combination of words
-- columns:
--   profile_no     INTEGER  Its number.
--   region         VARCHAR  Region; '(none)' where the device reports none.
--   model          VARCHAR  Device model; '(none)' where the device reports none.
--   firmware_from  VARCHAR  Version before the rollout; '(none)' where the device reports none.
CREATE TABLE stg_profile AS
SELECT
  profile_no::INTEGER AS profile_no,
  named(region) AS region,
  named(model) AS model,
  named(firmware_from) AS firmware_from
FROM pulled('profile', {
  'profile_no': 'VARCHAR', 'region': 'VARCHAR', 'model': 'VARCHAR', 'firmware_from': 'VARCHAR'
});
