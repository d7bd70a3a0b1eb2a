-- A mart's rows stand in its stated order.
FROM query_table(getvariable('mart'));
