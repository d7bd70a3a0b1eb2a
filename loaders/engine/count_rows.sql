SELECT count(*)::DOUBLE AS rows FROM query_table(getvariable('mart'));
