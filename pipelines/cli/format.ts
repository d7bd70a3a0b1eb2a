/** Numbers and tables as people read them. */

/** With commas: by hand, since the first number of toLocaleString takes 10 ms, which every command would pay. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function percent(value: number, digits = 1): string {
  return `${(100 * value).toFixed(digits)} %`;
}

/** 812 bytes, 3.4 MB. */
export function bytes(value: number): string {
  return value < 1_000_000 ? `${count(value)} bytes` : `${(value / 1_000_000).toFixed(1)} MB`;
}

/** 0.31 s, 12 s, 3:05. */
export function seconds(value: number): string {
  if (value < 10) return `${value.toFixed(2)} s`;
  if (value < 60) return `${Math.round(value)} s`;
  return `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, "0")}`;
}

/** A table of text with a rule below its head; columns of numbers are set to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const right = head.map(
    (_, at) => rows.length > 0 && rows.every((row) => /^[-+]?[\d,.]*( ?%| s|\/s)?$/.test(row[at] ?? "")),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (right[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

/** Text from elsewhere so that a terminal shows it and obeys none of it: characters that would not show by their numbers. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped.startsWith("\\") ? escaped : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
