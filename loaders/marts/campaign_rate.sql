-- model: campaign_rate
-- question: How did each of the campaigns that stand side by side do?
-- grain: one row a campaign: the one that is shown, and the seven whole ones created nearest to it
-- order: ordinal
-- columns:
--   campaign         VARCHAR  What --campaign names it by.
--   title            VARCHAR  What a person reads as the name of the rollout.
--   ordinal          INTEGER  Its place among them, 1 is the newest.
--   is_shown         BOOLEAN  Whether it is the campaign that the other pages are about.
--   source           VARCHAR  generated or imported.
--   fleet            VARCHAR  The same for two campaigns over the same devices with the same reports before any chaos, hexadecimal.
--   created_at       VARCHAR  When it was created, ISO 8601, UTC.
--   devices          INTEGER  Devices stored.
--   failed           INTEGER  Devices that failed at first, whatever followed.
--   rate             DOUBLE   failed / devices, 0 to 1; NULL without devices.
--   rate_low         DOUBLE   Lower 95 % Wilson bound of rate, 0 to 1.
--   rate_high        DOUBLE   Upper 95 % Wilson bound of rate, 0 to 1.
--   recovered        INTEGER  Devices that recovery decided.
--   recovery_rate    DOUBLE   recovered / failed, 0 to 1; NULL without failures.
--   recovery_low     DOUBLE   Lower 95 % Wilson bound of recovery_rate, 0 to 1.
--   recovery_high    DOUBLE   Upper 95 % Wilson bound of recovery_rate, 0 to 1.
--   quarantined      INTEGER  Devices that are held back for a person.
--   quarantine_rate  DOUBLE   quarantined / failed, 0 to 1; NULL without failures.
--   quarantine_low   DOUBLE   Lower 95 % Wilson bound of quarantine_rate, 0 to 1.
--   quarantine_high  DOUBLE   Upper 95 % Wilson bound of quarantine_rate, 0 to 1.
--   undecided        INTEGER  Failed devices for which nothing was decided.
--   campaigns        INTEGER  Campaigns of the database that are whole, with the one that is shown; those beyond eight are not here.
CREATE TABLE campaign_rate AS
SELECT
  k.campaign,
  k.title,
  c.ordinal,
  c.is_shown,
  k.source,
  c.fleet,
  iso(k.created_at) AS created_at,
  c.devices::INTEGER AS devices,
  c.failed::INTEGER AS failed,
  rate_of(c.failed, c.devices) AS rate,
  wilson_low(c.failed, c.devices) AS rate_low,
  wilson_high(c.failed, c.devices) AS rate_high,
  (c.retried + c.rolled_back)::INTEGER AS recovered,
  rate_of(c.retried + c.rolled_back, c.failed) AS recovery_rate,
  wilson_low(c.retried + c.rolled_back, c.failed) AS recovery_low,
  wilson_high(c.retried + c.rolled_back, c.failed) AS recovery_high,
  c.quarantined::INTEGER AS quarantined,
  rate_of(c.quarantined, c.failed) AS quarantine_rate,
  wilson_low(c.quarantined, c.failed) AS quarantine_low,
  wilson_high(c.quarantined, c.failed) AS quarantine_high,
  c.undecided::INTEGER AS undecided,
  k.campaigns
FROM int_compared c
JOIN stg_compared k ON k.campaign_id = c.campaign_id
ORDER BY c.ordinal;
