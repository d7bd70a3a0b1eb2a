-- A number, as it is written, times another one, rounded to so many digits behind the point, halves away from zero: exact, as PostgreSQL's numeric
-- is, by the digits alone, since DECIMAL holds 38 of them and a reported number may have 64.

-- Digits 16 by 16, of 64 at most: 1 is the first of four pieces.
CREATE MACRO piece(digits, no) AS substr(lpad(digits, 64, '0'), 16 * no - 15, 16)::HUGEINT;
CREATE MACRO carried(product, below) AS product + below // 10000000000000000::HUGEINT;
CREATE MACRO last_digits(product) AS lpad((product % 10000000000000000::HUGEINT)::VARCHAR, 16, '0');

-- Digits of the product of up to 64 digits and a whole number of up to 17.
CREATE MACRO digits_times(digits, factor) AS
  list_transform(
    [[piece(digits, 1) * factor, piece(digits, 2) * factor, piece(digits, 3) * factor, piece(digits, 4) * factor]],
    lambda p:
      carried(p[1], carried(p[2], carried(p[3], p[4])))::VARCHAR
        || last_digits(carried(p[2], carried(p[3], p[4]))) || last_digits(carried(p[3], p[4])) || last_digits(p[4])
  )[1];

-- Digits of the next whole number.
CREATE MACRO one_more(digits) AS
  list_transform(
    [regexp_extract('0' || digits, '^(.*)([0-8])(9*)$', ['kept', 'raised', 'nines'])],
    lambda d: d.kept || (d.raised::INTEGER + 1)::VARCHAR || repeat('0', length(d.nines))
  )[1];

-- Digits times ten to the power, rounded.
CREATE MACRO digits_at(digits, power) AS
  CASE
    WHEN power >= 0 THEN digits || repeat('0', power)
    ELSE list_transform(
      [repeat('0', 1 - power) || digits],
      lambda d: CASE WHEN substr(d, length(d) + power + 1, 1) >= '5'
        THEN one_more(left(d, length(d) + power)) ELSE left(d, length(d) + power) END
    )[1]
  END;

-- Digits of a number of so many behind the point, as it is written: no zeros but those that it needs.
CREATE MACRO written_number(digits, behind, negative) AS
  list_transform(
    [lpad(ltrim(digits, '0'), greatest(length(ltrim(digits, '0')), behind + 1)::INTEGER, '0')],
    lambda d: CASE WHEN negative AND ltrim(d, '0') <> '' THEN '-' ELSE '' END
      || left(d, length(d) - behind)
      || coalesce('.' || nullif(rtrim(substr(d, length(d) - behind + 1), '0'), ''), '')
  )[1];

-- factor: a whole number of up to 17 digits, without its sign, times ten to the power; negative: whether it is below zero.
CREATE MACRO scaled(number, factor, power, behind, negative) AS
  list_transform(
    [regexp_extract(
      number, '^(-?)([0-9]+)(?:[.]([0-9]+))?(?:[eE][+]?(-?[0-9]+))?$', ['sign', 'before', 'after', 'exponent']
    )],
    lambda n: written_number(
      digits_at(
        digits_times(n.before || n.after, factor),
        (coalesce(nullif(n.exponent, '')::INTEGER, 0) - length(n.after) + power + behind)::INTEGER
      ),
      behind,
      (n.sign = '-') <> negative
    )
  )[1];
