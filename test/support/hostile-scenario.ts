import { campaignMarts } from "./campaign-fixture.ts";
import type { Marts, Row } from "./fleet-fixture.ts";
import { before, fleet, shown } from "./site-scenarios.ts";

/** Markup that would run if it ever became a part of a page. */
export const HOSTILE = `"><img src=x onerror="window.pwned=1"></script><script>window.pwned=1</script>`;

/** A formula that starts a program where a spreadsheet believes it. */
const FORMULA = "=cmd|'/c calc'!A0";

/** What a device, an import or a person could put where a name is expected, to do harm wherever it is shown or saved. */
export const HOSTILE_TEXTS: readonly string[] = [
  HOSTILE,
  FORMULA,
  "<svg onload=window.pwned=1>",
  "javascript:window.pwned=1",
  `\${window.pwned=1}`,
  "{{constructor.constructor('window.pwned=1')()}}",
  "\u202egnp.exe",
  "zero\u200bwidth\u2060",
  "]]><u>out</u>",
  "--><u>out</u>",
  "__proto__",
  "constructor",
  "+1+1",
  "-1+1",
  "@SUM(1+1)",
  "\t=1+1",
  "\r=1+1",
  "\uff1d1+1",
];

/** A campaign that ran from end to end, with hostile text in every column that a device, an import or a person writes. */
export function hostile(): Marts {
  const regions = [...HOSTILE_TEXTS.map((name) => [name, 0.3] as const), ["Europe", 0.4] as const];
  const marts = fleet({ devicesPerRegion: 900, regions, triage: 60, hostile: HOSTILE });
  const rejects = HOSTILE_TEXTS.map((device_id, index) => ({
    row_no: index + 1,
    device_id,
    total: HOSTILE_TEXTS.length,
  }));
  marts.import_rejects = spread(rejects, ["reason"], 1);
  marts.model_failure = spread(marts.model_failure ?? [], ["model", "firmware_from"], 3);
  for (const mart of ["group_failure", "region_group_failure"]) marts[mart] = spread(marts[mart] ?? [], ["name"], 2);
  for (const mart of ["error_pareto", "error_stage", "error_group_failure"])
    marts[mart] = spread(marts[mart] ?? [], ["error_code"], 0);
  marts.triage_open = spread(marts.triage_open ?? [], ["model", "firmware_from", "last_stage", "error_code", "raw"], 4);
  for (const row of marts.triage_open) {
    if (!String(row.device_id).endsWith(HOSTILE)) row.device_id = `${row.raw}#${row.device_id}`;
  }
  for (const [index, row] of marts.triage_open.entries()) {
    const proposal = {
      field: row.field,
      rule: row.rule_id,
      from: row.raw,
      to: HOSTILE_TEXTS[index % HOSTILE_TEXTS.length],
    };
    if (row.proposed !== null) row.proposed = JSON.stringify([proposal]);
  }
  Object.assign(marts.triage_open[0] ?? {}, { raw: "-12.5" });
  marts.runs = spread(marts.runs ?? [], ["version"], 6).map((row) => ({
    ...row,
    options: JSON.stringify(HOSTILE_TEXTS),
  }));
  const written = ["title", "owner", "source_file", "firmware_to", "fault_profile"];
  marts.campaign_summary = (marts.campaign_summary ?? []).map((row) => ({
    ...row,
    // Without a hidden character: no command could be pasted that names such a campaign.
    campaign: HOSTILE,
    ...Object.fromEntries(written.map((key) => [key, HOSTILE_TEXTS.join(" ")])),
  }));
  const now = shown(marts);
  const others = HOSTILE_TEXTS.slice(1, 4).flatMap((text) =>
    before({ ...now, policy: text }).map((one) => ({ ...one, campaign: `${text} ${one.campaign}`, title: text })),
  );
  return { ...marts, ...campaignMarts([now, ...others]) };
}

/** Puts the hostile texts in turn into columns of rows, each column beginning with another one. */
function spread(rows: readonly Row[], columns: readonly string[], start: number): Row[] {
  const text = (turn: number): string => HOSTILE_TEXTS[turn % HOSTILE_TEXTS.length] ?? "";
  return rows.map((row, index) => ({
    ...row,
    ...Object.fromEntries(columns.map((column, other) => [column, text(start + index + 5 * other)])),
  }));
}
