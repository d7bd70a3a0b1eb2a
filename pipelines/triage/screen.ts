import { count, printable } from "../cli/format.ts";
import { current, type Desk, visible } from "./desk.ts";
import { differences, type ProposedPlace } from "./proposed.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const help = (isProposed: boolean): string =>
  `j/k move  Enter shows  f fix  ${isProposed ? "p proposed  " : ""}a accept  r reject  l release  u undo  / filter  q quit`;
/** Lines that are no places: a heading and a rule above, what was said, what is typed and the help below. */
const AROUND = 6;

/** The desk as lines that fit the terminal and that it obeys nothing of. `expected` says what a field's rules accept. */
export function screen(desk: Desk, { columns, rows }: Size, expected: (field: string) => string): string[] {
  const all = visible(desk);
  const place = current(desk);
  const details = desk.isOpen && place ? detailsOf(place, expected) : [];
  const room = Math.max(1, rows - AROUND - details.length);
  const from = Math.max(0, Math.min(desk.at - Math.floor(room / 2), all.length - room));
  const shown = all.slice(from, from + room).map((one, no) => lineOf(one, from + no === desk.at));
  const lines = [
    heading(desk, all.length),
    "─".repeat(columns),
    ...shown,
    ...details,
    "",
    desk.message,
    typingLine(desk),
    help(desk.places.some(({ proposed }) => proposed.length > 0)),
  ];
  return lines.map((line) => cut(printable(line), columns));
}

function heading({ campaign, places, filter }: Desk, shown: number): string {
  const waiting = `${count(places.length)} ${places.length === 1 ? "device waits" : "devices wait"}`;
  return `${campaign}: ${waiting} for a person${filter === "" ? "" : `, ${count(shown)} with "${filter}"`}`;
}

function lineOf({ device_id, region, rule, field, raw, proposed }: ProposedPlace, isCurrent: boolean): string {
  const change = proposed.find((one) => one.field === field);
  const columns = [
    device_id.padEnd(14),
    (region ?? "").padEnd(14),
    rule.padEnd(22),
    `${field} ${received(raw)}${change ? ` -> ${change.to}` : ""}`,
  ];
  return `${isCurrent ? "> " : "  "}${columns.join("  ")}`;
}

function detailsOf(place: ProposedPlace, expected: (field: string) => string): string[] {
  const found = place.findings.map(
    ({ rule, field, raw }) => `    ${field}: ${received(raw)} breaks ${rule}, expected ${expected(field)}`,
  );
  const { device_id, model, version, quarantined_at } = place;
  return [
    "",
    `  ${device_id}, model ${model ?? "(none)"}, version ${version}, held since ${quarantined_at.toISOString()}`,
    ...found,
    ...(place.proposed.length > 0 ? [`    proposed: ${differences(place.proposed)}`] : []),
  ];
}

function received(raw: string | null): string {
  return raw === null ? "(none)" : JSON.stringify(raw);
}

function typingLine({ typing }: Desk): string {
  if (!typing) return "";
  const asked = { filter: "filter", why: `${typing.verb}, why`, value: `new value of ${typing.fields[0]}` }[
    typing.what
  ];
  return `${asked}: ${typing.text}_`;
}

function cut(line: string, columns: number): string {
  const characters = [...line];
  return characters.length <= columns ? line : `${characters.slice(0, columns - 1).join("")}…`;
}
