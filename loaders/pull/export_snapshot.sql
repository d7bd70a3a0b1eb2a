-- What one session sees, for another to see the same.
SELECT pg_export_snapshot() AS snapshot;
