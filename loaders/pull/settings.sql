-- Times are written in UTC, rows in the order in which they are stored.
SET LOCAL statement_timeout = '15min';
SET LOCAL work_mem = '64MB';
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 3;
SET LOCAL synchronize_seqscans = off;
SAVEPOINT before_role;
