SET preserve_insertion_order = false;
CREATE TABLE bench_device AS
FROM read_csv(
  getvariable('device'), auto_detect = false, header = false, delim = chr(9), quote = '', escape = '', nullstr = '\N',
  columns = {
    'device_id': 'VARCHAR', 'profile_no': 'INTEGER', 'outcome_no': 'INTEGER', 'rule_no': 'SMALLINT',
    'battery_voltage': 'VARCHAR', 'signal_strength': 'VARCHAR', 'storage_free_mb': 'VARCHAR'
  }
)
