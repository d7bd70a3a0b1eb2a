-- What the file holds, row by row, as text.
CREATE :relation AS
SELECT row_number() OVER () AS row_no, CAST(NULL AS VARCHAR) AS damage, false AS is_unknown, :columns
FROM read_parquet(getvariable('file'), hive_partitioning = false)
LIMIT getvariable('most_rows') + 1
