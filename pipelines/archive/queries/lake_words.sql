CREATE TEMP TABLE profile AS
SELECT plain(COLUMNS(*)) FROM lines('profile', {
  'profile_no': 'INTEGER', 'region': 'VARCHAR', 'model': 'VARCHAR', 'hardware': 'VARCHAR', 'firmware_from': 'VARCHAR',
  'firmware_to': 'VARCHAR'
});
CREATE TEMP TABLE outcome AS
SELECT plain(COLUMNS(*)) FROM lines('outcome', {
  'outcome_no': 'INTEGER', 'firmware_reported': 'VARCHAR', 'last_stage': 'VARCHAR', 'error_code': 'VARCHAR',
  'reported_status': 'VARCHAR', 'counted_status': 'VARCHAR'
});
CREATE TEMP TABLE status AS
SELECT plain(COLUMNS(*)) FROM lines('status', {'rule_no': 'INTEGER', 'action': 'VARCHAR', 'update_status': 'VARCHAR'});
-- By field: the value that a person corrected, and the rule whose finding does not count.
CREATE TEMP TABLE amendment AS
SELECT device_id, map(list(field), list(value)) AS fixed, map(list(field), list(waived_rule)) AS waived
FROM (
  SELECT plain(COLUMNS(*)) FROM lines('amendment', {
    'bucket': 'INTEGER', 'device_id': 'VARCHAR', 'field': 'VARCHAR', 'value': 'VARCHAR', 'waived_rule': 'VARCHAR'
  })
)
GROUP BY device_id;
-- A number that is whole, as such. A year before 1 has no date that every engine reads.
CREATE MACRO whole(number) AS CASE WHEN number = trunc(number) AND abs(number) <= 2147483647 THEN CAST(number AS INTEGER) END;
CREATE MACRO moment(value) AS CASE WHEN value >= '0001' THEN TRY_CAST(value AS TIMESTAMPTZ) END;
