-- What the rules find on all fields, filled one field after the other: together they would need the memory of all of them at once.
-- They never come into the file.
CREATE TABLE memory.findings (
  device_id  VARCHAR,
  profile_no INTEGER,
  outcome_no INTEGER,
  field      VARCHAR,
  rule_id    VARCHAR,
  raw        VARCHAR
);
