-- What the file holds, row by row.
CREATE TABLE source AS
SELECT row_number() OVER () AS row_no, *
FROM read_parquet(:file)
