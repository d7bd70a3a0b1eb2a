SELECT sum(pg_total_relation_size(coalesce(part.relid, name::regclass)))::float8 AS bytes
FROM unnest($1::text[]) AS name
LEFT JOIN LATERAL pg_partition_tree(name::regclass) AS part ON true
