-- Bounds of the 95 % interval of the difference k1 of n1 less k2 of n2, by Newcombe's hybrid score method. Source: R. G. Newcombe,
-- Statistics in Medicine 17 (1998) 873-890, method 10. NULL where a side is empty.
CREATE MACRO difference_low(k1, n1, k2, n2) AS
  rate_of(k1, n1) - rate_of(k2, n2)
    - sqrt(pow(rate_of(k1, n1) - wilson_low(k1, n1), 2) + pow(wilson_high(k2, n2) - rate_of(k2, n2), 2));

CREATE MACRO difference_high(k1, n1, k2, n2) AS
  rate_of(k1, n1) - rate_of(k2, n2)
    + sqrt(pow(wilson_high(k1, n1) - rate_of(k1, n1), 2) + pow(rate_of(k2, n2) - wilson_low(k2, n2), 2));
