-- Names of the fields of all objects that came from JSON.
SELECT DISTINCT unnest(json_keys(object)) AS name FROM source
