-- Some names of fields, to show what the file has.
SELECT DISTINCT name FROM (SELECT unnest(json_keys(object)) AS name FROM line LIMIT 100) ORDER BY name LIMIT 12
