-- What a person reads for a word: an absent one is named, a long one cut, with enough of its hash to tell it from others.
CREATE MACRO named(word) AS
  CASE
    WHEN word IS NULL OR word = '' THEN '(none)'
    WHEN strlen(word) > 200 THEN left_grapheme(word, 40) || '... ' || left(md5(word), 8)
    ELSE word
  END;

-- A moment in UTC as ISO 8601 with milliseconds.
CREATE MACRO iso(moment) AS strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ');

-- Milliseconds from one moment to a later one.
CREATE MACRO ms_between(first, later) AS (epoch_us(later) - epoch_us(first)) / 1000.0::DOUBLE;
