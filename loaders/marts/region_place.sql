-- model: region_place
-- question: Where do the regions of the campaign lie?
-- grain: one row a region that the reference has coordinates of
-- order: region
-- columns:
--   region     VARCHAR  Region.
--   latitude   DOUBLE   Degrees north of where its name stands on a map.
--   longitude  DOUBLE   Degrees east.
--   countries  VARCHAR  ISO 3166-1 numeric codes of its countries, with a blank between; empty where none are known.
CREATE TABLE region_place AS
SELECT r.region, p.latitude, p.longitude, p.countries
FROM int_region r
JOIN ref_place p ON p.region = r.region
ORDER BY r.region;
