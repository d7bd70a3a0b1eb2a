-- COPY's text format: a tab ends a field, a line feed a row, \N is NULL, and a backslash in a value comes doubled, so that the
-- pieces between doubled ones hold whole escapes only.
CREATE MACRO copy_text(field) AS
  CASE WHEN contains(field, '\') THEN
    array_to_string(
      list_transform(
        string_split(field, '\\'),
        lambda piece: replace(replace(replace(replace(replace(replace(piece,
          '\t', chr(9)), '\n', chr(10)), '\r', chr(13)), '\b', chr(8)), '\f', chr(12)), '\v', chr(11))
      ),
      '\'
    )
  ELSE field END;

-- What was pulled under a name, as the fields stand in the files. The variable of that name holds their paths as a JSON list, `longest_line` the bytes of the longest line of all files, at least a megabyte: the engine keeps several buffers of twice that.
CREATE MACRO lines(source, fields) AS TABLE
FROM read_csv(
  from_json(getvariable(source), '["VARCHAR"]'), columns = fields, auto_detect = false, header = false, delim = chr(9), quote = '', escape = '',
  comment = '', nullstr = '\N', new_line = '\n', strict_mode = true, null_padding = false,
  max_line_size = getvariable('longest_line'), buffer_size = 2 * getvariable('longest_line')
);

-- The same, each column as the text that it stands for.
CREATE MACRO pulled(source, fields) AS TABLE
SELECT copy_text(COLUMNS(*)) FROM lines(source, fields);
