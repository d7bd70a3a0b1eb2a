SELECT count(*)::INTEGER AS devices FROM report WHERE reason IS NULL
