-- The rows of a page that are stored, as one text, in the order of the file. As bytes, since those go on as they are.
SELECT encode(coalesce(string_agg(record, '' ORDER BY row_no), '')) AS records
FROM report s
ANTI JOIN (FROM apart WHERE row_no > getvariable('after') AND row_no <= getvariable('until')) a ON a.row_no = s.row_no
WHERE s.row_no > getvariable('after') AND s.row_no <= getvariable('until')
