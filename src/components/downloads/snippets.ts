/** A few lines that read a published table with a tool, and print the regions by their failure rate. A test runs them. */
export interface Snippet {
  readonly tool: string;
  readonly note: string;
  readonly code: string;
}

/** Whoever reads the page without scripts, or takes a snippet along, reads an address that may not be that of the report. */
const WHERE = "where this report is published";

/** @param base the address of the folder that holds the tables, with no slash at its end. */
export const snippets = (base: string): readonly Snippet[] => [
  {
    tool: "pandas",
    note: "Python. Parquet keeps types and missing values; it wants the package pyarrow.",
    code: `import pandas as pd

base = "${base}"  # ${WHERE}
regions = pd.read_parquet(f"{base}/region_failure.parquet")
print(regions.sort_values("rate", ascending=False)[["region", "devices", "failures", "rate"]])`,
  },
  {
    tool: "polars",
    note: "Python.",
    code: `import polars as pl

base = "${base}"  # ${WHERE}
regions = pl.read_parquet(f"{base}/region_failure.parquet")
print(regions.select("region", "devices", "failures", "rate").sort("rate", descending=True))`,
  },
  {
    tool: "R",
    note: "No package needed. In CSV, text that looks like a formula has an apostrophe before it.",
    code: `base <- "${base}"  # ${WHERE}
regions <- read.csv(paste0(base, "/region_failure.csv"))
print(regions[order(-regions$rate), c("region", "devices", "failures", "rate")])`,
  },
  {
    tool: "Arquero",
    note: "JavaScript, in Node or in a notebook.",
    code: `import * as aq from "arquero";

const base = "${base}"; // ${WHERE}
const answer = await fetch(\`\${base}/region_failure.json\`);
const regions = aq.from(await answer.json());
regions.orderby(aq.desc("rate")).select("region", "devices", "failures", "rate").print();`,
  },
];
