-- The z that a normal variable exceeds with probability tail, for 0 < tail < 0.024; relative error below 1.2e-9. Source: P. J. Acklam, An
-- algorithm for computing the inverse normal cumulative distribution function (2003), its tail.
CREATE MACRO tail_series(q) AS
  -(((((-7.784894002430293e-03::DOUBLE * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
    + 4.374664141464968) * q + 2.938163982698783)
  / ((((7.784695709041462e-03::DOUBLE * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1);
CREATE MACRO z_of_tail(tail) AS list_transform([sqrt(-2 * ln(tail))], lambda q: tail_series(q))[1];

-- The z of one of so many two-sided intervals that hold together with 95 %, by Bonferroni's inequality.
CREATE MACRO joint_z(intervals) AS
  CASE WHEN intervals > 1 THEN z_of_tail(0.025::DOUBLE / intervals) ELSE 1.959963984540054::DOUBLE END;

-- Bounds of the Wilson score interval for k of n at a z; NULL where n is 0.
CREATE MACRO wilson_low_at(k, n, z) AS
  CASE
    WHEN n = 0 THEN CAST(NULL AS DOUBLE)
    WHEN k = 0 THEN CAST(0 AS DOUBLE)
    ELSE (k + z * z / 2 - z * sqrt(k::DOUBLE * (n - k) / n + z * z / 4)) / (n + z * z)
  END;
CREATE MACRO wilson_high_at(k, n, z) AS
  CASE
    WHEN n = 0 THEN CAST(NULL AS DOUBLE)
    WHEN k = n THEN CAST(1 AS DOUBLE)
    ELSE (k + z * z / 2 + z * sqrt(k::DOUBLE * (n - k) / n + z * z / 4)) / (n + z * z)
  END;
