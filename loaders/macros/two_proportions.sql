-- Complementary error function for x >= 0, relative error below 1.2e-7. Source: W. H. Press et al., Numerical Recipes in C,
-- 2nd edition, section 6.2 (erfcc).
CREATE MACRO erfc_series(x, t) AS
  t * exp(-x * x - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806 + t * (0.27886807
    + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))))))));
-- Of a list of one, so that what x is worked out by stands once in the statement, not twelve times: planning is most of what a small fleet's marts take.
CREATE MACRO erfc(x) AS
  list_transform([x::DOUBLE], lambda v: erfc_series(v, 1.0::DOUBLE / (1.0::DOUBLE + 0.5::DOUBLE * v)))[1];

-- Two-sided p of the two-proportion z-test with pooled variance. NULL where a side is empty; 1 where all or none failed.
CREATE MACRO two_proportion_p(k1, n1, k2, n2) AS
  CASE
    WHEN n1 = 0 OR n2 = 0 THEN CAST(NULL AS DOUBLE)
    WHEN k1 + k2 = 0 OR k1 + k2 = n1 + n2 THEN CAST(1 AS DOUBLE)
    ELSE least(CAST(1 AS DOUBLE), erfc(
      abs(k1::DOUBLE / n1 - k2::DOUBLE / n2)
      / sqrt(2 * ((k1 + k2)::DOUBLE / (n1 + n2)) * (1 - (k1 + k2)::DOUBLE / (n1 + n2)) * (1::DOUBLE / n1 + 1::DOUBLE / n2))
    ))
  END;
