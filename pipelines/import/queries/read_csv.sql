-- The rows of the copy, as text: nothing is guessed, an empty value is NULL and a quoted empty one is empty. In one thread, since
-- several would have to guess where rows begin.
CREATE TABLE :table AS
SELECT row_number() OVER () AS row_no, damage, :columns
FROM read_csv(
  getvariable('file'), delim = getvariable('delimiter'), quote = '"', escape = '"', comment = '', skip = 0, header = false,
  new_line = '\n', auto_detect = false, allow_quoted_nulls = false, hive_partitioning = false, parallel = false,
  compression = 'none', columns = {:names}
)
