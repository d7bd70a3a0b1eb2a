-- What a difference says: worse or better beyond noise, where its p-value was held against the whole family of tests. The z-test needs 5
-- failures and 5 others to be expected among the devices.
CREATE MACRO verdict_of(p_holm, difference, devices, usual_rate) AS
  CASE
    WHEN p_holm < 0.05 AND devices * least(usual_rate, 1 - usual_rate) >= 5 AND difference > 0 THEN 'worse'
    WHEN p_holm < 0.05 AND devices * least(usual_rate, 1 - usual_rate) >= 5 AND difference < 0 THEN 'better'
    ELSE 'no detectable difference'
  END;
