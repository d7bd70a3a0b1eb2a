-- model: stg_fault
-- question: Which faults were injected on purpose?
-- grain: one row a corrupted field of a device
-- columns:
--   device_id     VARCHAR  The device.
--   field         VARCHAR  Field that was corrupted.
--   kind          VARCHAR  Fault kind.
--   before_value  VARCHAR  What the device had reported.
--   after_value   VARCHAR  What stands in its report since.
CREATE TABLE stg_fault AS
SELECT device_id, field, kind, before_value, after_value
FROM pulled('fault', {
  'device_id': 'VARCHAR', 'field': 'VARCHAR', 'kind': 'VARCHAR', 'before_value': 'VARCHAR', 'after_value': 'VARCHAR'
});
