/** A question that the published tables answer. A test asks each of them. */
export interface Sample {
  readonly question: string;
  readonly query: string;
}

export const SAMPLES: readonly Sample[] = [
  {
    question: "Which regions fail more often, beyond noise?",
    query: `SELECT region, devices, failures, round(100 * rate, 1) AS percent, verdict
FROM region_failure
ORDER BY rate DESC;`,
  },
  {
    question: "Who is worst at each stage, and how sure is that?",
    query: `SELECT stage, region, failures, at_risk, round(100 * rate, 2) AS percent, rank_low, rank_high
FROM bottleneck_ranking
WHERE rank = 1
ORDER BY stage_ordinal;`,
  },
  {
    question: "Which models fail, where there are 30 devices or more?",
    query: `SELECT model, sum(devices) AS devices, sum(failures) AS failures,
  round(100.0 * sum(failures) / sum(devices), 1) AS percent
FROM model_failure
GROUP BY model
HAVING sum(devices) >= 30
ORDER BY percent DESC, model;`,
  },
  {
    question: "What waits for a person, by rule and severity?",
    query: `SELECT rule_id, severity, count(*) AS devices, count(proposed) AS with_a_proposal
FROM triage_open
GROUP BY ALL
ORDER BY devices DESC, rule_id;`,
  },
  {
    question: "Which action did each region get, in percent of its failures?",
    query: `PIVOT (
  SELECT region, action, round(100 * sum(share_of_region), 1) AS percent
  FROM recovery_action_summary
  GROUP BY ALL
) ON action USING first(percent)
ORDER BY region;`,
  },
  {
    question: "How long did each stage of the pipeline take?",
    query: `SELECT started_at, stage, result, round(duration_ms / 1000, 2) AS seconds
FROM runs
ORDER BY started_at;`,
  },
  {
    question: "Which columns are there?",
    query: `SELECT table_name, column_name, data_type
FROM duckdb_columns()
WHERE NOT internal
ORDER BY table_name, column_index;`,
  },
];
