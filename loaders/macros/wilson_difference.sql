-- Bounds of the 95 % interval for the difference k1/n1 - k2/n2 of two independent shares, by Wilson's bounds of each. NULL where a side is empty.
-- Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
CREATE MACRO newcombe_low(k1, n1, k2, n2) AS
  CASE WHEN n1 > 0 AND n2 > 0 THEN
    rate_of(k1, n1) - rate_of(k2, n2) - sqrt(pow(rate_of(k1, n1) - wilson_low(k1, n1), 2) + pow(wilson_high(k2, n2) - rate_of(k2, n2), 2))
  END;

CREATE MACRO newcombe_high(k1, n1, k2, n2) AS
  CASE WHEN n1 > 0 AND n2 > 0 THEN
    rate_of(k1, n1) - rate_of(k2, n2) + sqrt(pow(wilson_high(k1, n1) - rate_of(k1, n1), 2) + pow(rate_of(k2, n2) - wilson_low(k2, n2), 2))
  END;
