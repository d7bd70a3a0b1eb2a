SELECT :values FROM report WHERE reason IS NULL ORDER BY row_no
