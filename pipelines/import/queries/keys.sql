-- The keys of the rows that can be stored, as COPY writes them: no byte in them is a quote or the end of a line that means anything else.
CREATE VIEW key AS
FROM read_csv(
  getvariable('keys'), delim = '\t', quote = '', escape = '', comment = '', header = false, new_line = '\n', buffer_size = 4000000,
  auto_detect = false, hive_partitioning = false, compression = 'none',
  columns = {'row_no': 'INTEGER', 'device_id': 'VARCHAR', 'reported_at': 'VARCHAR', 'unknown_word': 'VARCHAR'}
)
