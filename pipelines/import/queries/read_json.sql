-- What the file holds, object by object: a list of objects, or one a line.
CREATE TABLE source AS
SELECT row_number() OVER () AS row_no, json AS object
FROM read_json_objects(:file)
