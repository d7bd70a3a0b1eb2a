/** One column of a model, as its header describes it. */
export interface Column {
  readonly name: string;
  /** DuckDB type. */
  readonly type: string;
  /** Unit and meaning. */
  readonly meaning: string;
}

/** What the comment at the top of a model's .sql file says. */
export interface Header {
  readonly name: string;
  readonly question: string;
  readonly grain: string;
  /** Key by which the rows are ordered; only marts promise one. */
  readonly order: string | undefined;
  readonly columns: readonly Column[];
}

const COLUMN = /^-- {3}(\S+) +(\S+) +(\S.*)$/;

/**
 * Reads the header of a model: the lines `-- model:`, `-- question:`, `-- grain:`, perhaps `-- order:`, then `-- columns:` and one
 * line a column with its name, type and meaning.
 * @throws Error where the header is incomplete: the files are ours, so that is a bug.
 */
export function parseHeader(text: string): Header {
  const comment = text.slice(0, text.search(/^(?!--)/m)).split("\n");
  const start = comment.indexOf("-- columns:");
  if (start < 0) throw new Error(`a model's header needs a line "-- columns:": ${comment[0]}`);
  const name = entry(comment, "model");
  const columns = comment.slice(start + 1).filter((line) => line !== "");
  return {
    name,
    question: entry(comment, "question"),
    grain: entry(comment, "grain"),
    order: comment.some((line) => line.startsWith("-- order: ")) ? entry(comment, "order") : undefined,
    columns: columns.map((line) => column(name, line)),
  };
}

function entry(comment: readonly string[], key: string): string {
  const prefix = `-- ${key}: `;
  const line = comment.find((candidate) => candidate.startsWith(prefix));
  if (line === undefined) throw new Error(`a model's header needs a line "${prefix}...": ${comment[0]}`);
  return line.slice(prefix.length);
}

function column(model: string, line: string): Column {
  const [, name, type, meaning] = COLUMN.exec(line) ?? [];
  if (name === undefined || type === undefined || meaning === undefined) {
    throw new Error(`the header of ${model} has a line that describes no column: ${line}`);
  }
  return { name, type, meaning };
}
