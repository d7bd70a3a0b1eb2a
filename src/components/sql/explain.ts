/** Why a query gave no rows, in DuckDB's words, and what to do about it. */
export interface Explanation {
  readonly why: string;
  readonly remedy: string;
}

/** What to do, by what DuckDB says; the first that fits. */
const REMEDIES: readonly (readonly [said: RegExp, remedy: string])[] = [
  [/Table with name|Referenced table/i, "The tables are those under “Tables”; put in the name of one of them."],
  [
    /Referenced column|column named|does not have a column/i,
    "Open the table under “Tables” to see the names of its columns.",
  ],
  [
    /extension|LoadError|file system operations are disabled|external access|Cannot (open|access) (file|directory)|IO Error/i,
    "This page asks only its own tables: nothing is read or fetched from elsewhere. Take the Parquet files from the Data page and ask DuckDB itself.",
  ],
  [/configuration has been locked/i, "Settings stay as they are on this page. Take the setting out of the query."],
  [
    /out of memory|memory access|allocat/i,
    "It took more memory than the page has. Ask for fewer rows, or GROUP BY before you join.",
  ],
  [
    /Parser Error|syntax error/i,
    "DuckDB could not read the query at the place that it names. Look at the word before it, too.",
  ],
  [/must appear in the GROUP BY/i, "Name the column in GROUP BY, or write GROUP BY ALL."],
  [
    /No function matches|Could not convert|Conversion Error/i,
    "A value has another type than the function wants: write CAST(… AS VARCHAR), INTEGER or DOUBLE.",
  ],
  [
    /fetch|is not there|NetworkError|instantiat|WebAssembly/i,
    "The engine could not be loaded. Serve the site over http with all of its files, in a browser of the last years, and run it again.",
  ],
];

/** @param error what the engine threw. */
export function explain(error: unknown): Explanation {
  const why = plainWords(error instanceof Error ? error.message : String(error));
  const remedy = REMEDIES.find(([pattern]) => pattern.test(why))?.[1];
  return { why, remedy: remedy ?? "Put right what it says, and run it again." };
}

/** DuckDB says some errors as JSON, and advises to install what is not to be had here. */
function plainWords(said: string): string {
  const text = said.replace(/^Error: /, "").trim();
  const [plain = ""] = (text.startsWith("{") ? fromJson(text) : text).split("\n\nPlease try installing");
  return plain.trim() || "The query failed without a word.";
}

function fromJson(text: string): string {
  try {
    const { exception_type, exception_message } = JSON.parse(text) as Record<string, string>;
    return exception_message ? `${exception_type} Error: ${exception_message}` : text;
  } catch {
    return text;
  }
}
