SELECT row_no::DOUBLE AS row_no, :values FROM report WHERE reason IS NULL ORDER BY row_no
