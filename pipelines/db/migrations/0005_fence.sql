-- A command that lost its lease unawares (it slept, its link was cut) may wake up when another one writes already, even to another campaign of
-- the same number. Whatever commits a batch asks first whether the lease is still its own: who takes the lease waits until nobody is
-- under way who found that it was.
CREATE FUNCTION fence(lease_id uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM lease WHERE name = 'writer' AND run_id = lease_id) THEN
    RAISE EXCEPTION 'the right to write went over to another command' USING ERRCODE = 'SO001';
  END IF;
END $$;
COMMENT ON FUNCTION fence IS 'Refuses (SQLSTATE SO001) who does not hold the lease to write.';
