-- What the file holds, row by row, as text: nothing is guessed, an empty field is NULL and a quoted empty one is empty.
CREATE TABLE source AS
SELECT row_number() OVER () AS row_no, *
FROM read_csv(:file, header = true, all_varchar = true, allow_quoted_nulls = false)
