-- Names of the columns of a table that came from CSV or Parquet.
SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'source' AND column_name <> 'row_no'
