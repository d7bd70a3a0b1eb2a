/** A result as psql's aligned table shows it. */
export interface AlignedColumn {
  readonly name: string;
  /** Numbers stand at the right. */
  readonly numeric: boolean;
}

export function alignedTable(columns: readonly AlignedColumn[], rows: readonly (readonly (string | null)[])[]): string {
  const cells = rows.map((row) => row.map((value) => printable(value ?? "")));
  const widths = columns.map((column, index) => {
    return cells.reduce((width, row) => Math.max(width, [...(row[index] ?? "")].length), [...column.name].length);
  });
  const line = (row: readonly string[], right: (index: number) => boolean) =>
    ` ${row.map((value, index) => pad(value, widths[index] ?? 0, right(index))).join(" | ")}`.trimEnd();
  const head = line(
    columns.map((column) => column.name),
    () => false,
  );
  const rule = widths.map((width) => "-".repeat(width + 2)).join("+");
  const body = cells.map((row) => line(row, (index) => columns[index]?.numeric ?? false));
  return `${[head, rule, ...body, `(${rows.length} row${rows.length === 1 ? "" : "s"})`].join("\n")}\n`;
}

function pad(value: string, width: number, right: boolean): string {
  const space = " ".repeat(width - [...value].length);
  return right ? space + value : value + space;
}

/** Telemetry is hostile: no control character of it may reach the terminal. */
function printable(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to replace
  return value.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    return character === "\n" ? "\\n" : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
