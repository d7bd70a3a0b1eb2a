-- Words of stored reports that are in no table: the most frequent ones, and how many devices and words there are of all.
SELECT kept(unknown_word) AS word, count(*)::INTEGER AS devices, sum(count(*)) OVER ()::INTEGER AS all_devices, count(*) OVER ()::INTEGER AS all_words
FROM report s
ANTI JOIN apart a ON a.row_no = s.row_no
WHERE s.unknown_word IS NOT NULL
GROUP BY unknown_word
ORDER BY devices DESC, unknown_word
LIMIT 5
