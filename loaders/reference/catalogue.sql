-- What is known of the words that devices report, given as JSON in variables.
CREATE TABLE ref_error AS
SELECT e.error_code, e.stage, e.ordinal::INTEGER AS ordinal, e.meaning, e.source, e.look_at
FROM (
  SELECT unnest(from_json(
    getvariable('errors'),
    '[{"error_code": "VARCHAR", "stage": "VARCHAR", "ordinal": "INTEGER", "meaning": "VARCHAR", "source": "VARCHAR", "look_at": "VARCHAR"}]'
  )) AS e
);

CREATE TABLE ref_place AS
SELECT p.region, p.latitude, p.longitude, p.countries
FROM (
  SELECT unnest(from_json(
    getvariable('places'), '[{"region": "VARCHAR", "latitude": "DOUBLE", "longitude": "DOUBLE", "countries": "VARCHAR"}]'
  )) AS p
);
