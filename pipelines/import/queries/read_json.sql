-- The lines of the copy; NULL where one is no JSON. A reader holds twice the largest object, which is 16 MB unless it is told.
CREATE TABLE line AS
SELECT row_number() OVER () AS row_no, json AS object
FROM read_json_objects(
  getvariable('file'), format = 'newline_delimited', ignore_errors = true, hive_partitioning = false,
  compression = 'uncompressed', maximum_object_size = 2100000
)
