SET VARIABLE longest_line = $1::INTEGER;
