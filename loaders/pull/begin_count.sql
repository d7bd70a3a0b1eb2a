-- A campaign that is being replaced or keyed is left out, rather than waited for.
SAVEPOINT before_count;
SET LOCAL lock_timeout = '2s';
