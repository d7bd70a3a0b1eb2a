-- What the rules find on all fields, filled one field after the other: together they would need the memory of all of them at once.
CREATE TEMP TABLE findings (
  device_id  VARCHAR,
  profile_no INTEGER,
  outcome_no INTEGER,
  field      VARCHAR,
  rule_id    VARCHAR,
  raw        VARCHAR
);
