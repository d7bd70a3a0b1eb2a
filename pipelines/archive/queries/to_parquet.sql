COPY (
  SELECT plain(COLUMNS(*)) FROM lines('source', from_json(getvariable('types'), getvariable('shape')))
) TO (getvariable('target')) (FORMAT parquet, COMPRESSION zstd);
