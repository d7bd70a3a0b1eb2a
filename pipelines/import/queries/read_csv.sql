-- The rows of the copy, as text: nothing is guessed, an empty value is NULL and a quoted empty one is empty. In one thread, since
-- several would have to guess where rows begin.
CREATE :relation AS
SELECT row_number() OVER () AS row_no, damage, false AS is_unknown, :columns
FROM read_csv(
  getvariable('file'), delim = getvariable('delimiter'), quote = '"', escape = '"', comment = '', skip = 0, header = false,
  new_line = '\n', buffer_size = 4000000, auto_detect = false, allow_quoted_nulls = false, hive_partitioning = false, parallel = false,
  compression = 'none', columns = {:names}
)
