-- Words of stored reports that are in no table: the most frequent ones, and how many devices and words there are of all.
SELECT kept(last_stage) AS word, count(*)::INTEGER AS devices, sum(count(*)) OVER ()::INTEGER AS all_devices, count(*) OVER ()::INTEGER AS all_words
FROM source s
ANTI JOIN apart a ON a.row_no = s.row_no
WHERE s.is_unknown
GROUP BY last_stage
ORDER BY devices DESC, last_stage
LIMIT 5
