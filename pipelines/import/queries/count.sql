SELECT count(*)::INTEGER AS rows FROM apart
