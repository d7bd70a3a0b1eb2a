-- DuckDB's client takes a byte order mark off the beginning of every text that it hands over. A second one takes its place.
CREATE MACRO kept(value) AS CASE WHEN starts_with(value, chr(65279)) THEN chr(65279) || value ELSE value END;
-- Seconds since 1970 that a number means: from 1973 to 5138 in seconds, from 1973 in milliseconds. NULL where the text is neither.
CREATE MACRO epoch_seconds(value) AS CASE
  WHEN NOT regexp_full_match(value, '[0-9]{1,14}(\.[0-9]{1,12})?([eE]\+?[0-9]{1,2})?') THEN NULL
  WHEN TRY_CAST(value AS DOUBLE) BETWEEN 1e8 AND 99999999999 THEN TRY_CAST(value AS DOUBLE)
  WHEN TRY_CAST(value AS DOUBLE) BETWEEN 1e11 AND 99999999999999 THEN TRY_CAST(value AS DOUBLE) / 1000
END;
-- A number as ISO 8601 in UTC, to the millisecond; any other text as it is.
CREATE MACRO instant(value) AS CASE
  WHEN epoch_seconds(value) IS NULL THEN value
  WHEN round(epoch_seconds(value) * 1000)::BIGINT % 1000 = 0
    THEN strftime(make_timestamp_ms(round(epoch_seconds(value) * 1000)::BIGINT), '%Y-%m-%dT%H:%M:%SZ')
  ELSE strftime(make_timestamp_ms(round(epoch_seconds(value) * 1000)::BIGINT), '%Y-%m-%dT%H:%M:%S.%gZ')
END;
