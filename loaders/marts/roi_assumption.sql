-- model: roi_assumption
-- question: What is the return of recovery reckoned by, and where does each figure come from?
-- grain: one row an assumption
-- order: ordinal
-- columns:
--   assumptions  VARCHAR  Name of the file in data/roi.
--   version      INTEGER  Version of that file.
--   currency     VARCHAR  Currency of all money.
--   ordinal      INTEGER  Place in the file, from 1.
--   id           VARCHAR  The assumption.
--   label        VARCHAR  The same for people.
--   unit         VARCHAR  Unit; a share is 0 to 1 of devices.
--   low          DOUBLE   Lowest plausible value.
--   mid          DOUBLE   Middle value.
--   high         DOUBLE   Highest plausible value.
--   source       VARCHAR  Who says so; NULL where nobody does but the file.
--   note         VARCHAR  What it means, and how far the source carries.
CREATE TABLE roi_assumption AS
SELECT r.name AS assumptions, r.version, r.currency, a.ordinal, a.id, a.label, a.unit, a.low, a.mid, a.high, a.source, a.note
FROM ref_roi_assumption a
CROSS JOIN ref_roi r
ORDER BY a.ordinal;
