-- What the file holds, row by row, as text: nothing is guessed, an empty field is NULL and a quoted empty one is empty. Left to
-- itself DuckDB drops rows that begin with #, skips what stands before the row it takes for the header, and reads past a broken quote.
CREATE TABLE source AS
SELECT row_number() OVER () AS row_no, *
FROM read_csv(
  :file, delim = :delimiter, quote = '"', escape = '"', comment = '', skip = 0, header = true, all_varchar = true,
  allow_quoted_nulls = false
)
