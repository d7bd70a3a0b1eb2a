-- The reports of so many rows, each as one text: its row and its values, divided by NUL, which none of them holds. A value stands behind
-- a sign, so that an empty one is not NULL.
SELECT concat_ws(chr(0), s.row_no, :values) AS report
FROM source s
ANTI JOIN (FROM apart WHERE row_no > getvariable('after') AND row_no <= getvariable('until')) a ON a.row_no = s.row_no
WHERE s.row_no > getvariable('after') AND s.row_no <= getvariable('until')
ORDER BY s.row_no
