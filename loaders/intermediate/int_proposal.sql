-- model: int_proposal
-- question: What do rules propose for the devices that wait for a person?
-- grain: one row a device with an open row in the triage queue for which they propose anything
-- columns:
--   device_id  VARCHAR  The device.
--   proposed   VARCHAR  JSON: a list of field, rule, from and to, in the order of the fields; from is the value as it counts, to the one that is proposed.
--   is_enough  BOOLEAN  Whether no rule would find fault with the device then.
CREATE TABLE int_proposal AS
SELECT device_id, proposed, is_enough
FROM proposals();
