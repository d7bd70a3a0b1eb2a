-- Words of stored reports that are in no table: the most frequent ones, and how many devices and words there are of all.
SELECT kept(unknown_word) AS word, count(*)::INTEGER AS devices, sum(count(*)) OVER ()::INTEGER AS all_devices, count(*) OVER ()::INTEGER AS all_words
FROM key
ANTI JOIN apart ON apart.row_no = key.row_no
WHERE unknown_word IS NOT NULL
GROUP BY unknown_word
ORDER BY devices DESC, unknown_word
LIMIT 5
