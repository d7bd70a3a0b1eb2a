RELEASE SAVEPOINT before_count;
SET LOCAL lock_timeout = 0;
