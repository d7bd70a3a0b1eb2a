-- A place of every batch is released, as nobody's correction: the next recovery finds the same fault. Buckets from $1 on and below $2.
WITH released AS (
  UPDATE triage_queue t SET state = 'released', version = 2
  WHERE t.bucket >= $1 AND t.bucket < $2 AND t.device_id IN (
    SELECT min(q.device_id) FROM triage_queue q WHERE q.bucket >= $1 AND q.bucket < $2 GROUP BY q.bucket / 64
  )
  RETURNING t.bucket, t.device_id
)
DELETE FROM decision d
USING released t, stored_report r
WHERE r.bucket = t.bucket AND r.device_id = t.device_id AND d.bucket = r.bucket AND d.device_no = r.device_no
