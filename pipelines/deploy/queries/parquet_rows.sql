-- Every value of a Parquet file as text, a row a line.
SELECT to_json(t)::VARCHAR AS line FROM read_parquet(getvariable('file')) t;
