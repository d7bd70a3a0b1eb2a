SELECT concat_ws(chr(9), *COLUMNS(*)) AS line FROM (SELECT copy_field(COLUMNS(*)) FROM archived);
