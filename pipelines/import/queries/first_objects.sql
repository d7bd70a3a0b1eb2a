-- Some of the first objects, by which the file shows what it is.
SELECT object::VARCHAR AS object
FROM (FROM line LIMIT 200)
WHERE json_type(object) = 'OBJECT' AND strlen(object) < 100000
ORDER BY row_no
LIMIT 20
