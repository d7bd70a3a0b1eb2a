-- What a person reads for a value that is absent.
CREATE MACRO named(word) AS coalesce(nullif(word, ''), '(none)');

-- A moment in UTC as ISO 8601 with milliseconds.
CREATE MACRO iso(moment) AS strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ');

-- Milliseconds from one moment to a later one.
CREATE MACRO ms_between(first, later) AS (epoch_us(later) - epoch_us(first)) / 1000.0::DOUBLE;
