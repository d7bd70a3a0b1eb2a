-- Bounds of the 95 % Wilson score interval for k of n. Source: E. B. Wilson, JASA 22 (1927) 209-212. NULL where n is 0.
CREATE MACRO wilson_low(k, n) AS
  CASE
    WHEN n = 0 THEN CAST(NULL AS DOUBLE)
    WHEN k = 0 THEN CAST(0 AS DOUBLE)
    ELSE (k + 1.9207294103470345::DOUBLE
      - 1.959963984540054::DOUBLE * sqrt(k::DOUBLE * (n - k) / n + 0.9603647051735173::DOUBLE)) / (n + 3.841458820694069::DOUBLE)
  END;

CREATE MACRO wilson_high(k, n) AS
  CASE
    WHEN n = 0 THEN CAST(NULL AS DOUBLE)
    WHEN k = n THEN CAST(1 AS DOUBLE)
    ELSE (k + 1.9207294103470345::DOUBLE
      + 1.959963984540054::DOUBLE * sqrt(k::DOUBLE * (n - k) / n + 0.9603647051735173::DOUBLE)) / (n + 3.841458820694069::DOUBLE)
  END;

-- Share of k in n, 0 to 1; NULL where n is 0.
CREATE MACRO rate_of(k, n) AS CASE WHEN n > 0 THEN k::DOUBLE / n::DOUBLE END;

-- Harmonic mean of precision and recall, from found / (found + missed + false alarms), of which it is a function: so its interval follows.
CREATE MACRO f1_of(share) AS 2 * share / (1 + share);
