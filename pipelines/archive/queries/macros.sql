-- A value of a pulled line as what it stands for.
CREATE MACRO plain(value BIGINT) AS value, (value INTEGER) AS value, (value VARCHAR) AS copy_text(value);

-- A value as a field of COPY's text format.
CREATE MACRO copy_field(value) AS coalesce(
  replace(replace(replace(replace(CAST(value AS VARCHAR), '\', '\\'), chr(9), '\t'), chr(10), '\n'), chr(13), '\r'),
  '\N'
);
