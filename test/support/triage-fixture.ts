import { type FleetOptions, MODELS, type Row, random, STAGES } from "./fleet-fixture.ts";

/** A triage queue that never was, as rows of the marts. */

const RAW: readonly (readonly [field: string, rule: string, raw: string | null, expected: string])[] = [
  ["battery_voltage", "battery_missing", null, "a value"],
  ["battery_voltage", "battery_not_number", "ERR_SENSOR", "a number"],
  ["battery_voltage", "battery_out_of_range", "99.9", "6 to 16 V"],
  ["signal_strength", "signal_dropped", "-999", "not -999"],
  ["storage_free_mb", "storage_not_number", "0x1F", "a number"],
  ["battery_voltage", "battery_in_millivolts", "12650", "6 to 16 V"],
];

export function triageRows(options: FleetOptions): Row[] {
  const next = random(99);
  return Array.from({ length: options.triage }, (_, index) => {
    const [field, rule, raw, expected] = RAW[index % RAW.length] ?? RAW[0] ?? ["", "", null, ""];
    const odd = options.hostile !== undefined && index % 3 === 0;
    return {
      device_id: `DEV-${Math.floor(next() * 2 ** 32)
        .toString(16)
        .padStart(8, "0")}${odd ? options.hostile : ""}`,
      region: options.regions[index % Math.max(1, options.regions.length)]?.[0] ?? null,
      model: odd ? (options.hostile ?? null) : (MODELS[index % MODELS.length] ?? null),
      firmware_from: index % 2 ? "1.8.2" : "1.9.0",
      last_stage: STAGES[index % STAGES.length] ?? null,
      error_code: odd ? (options.hostile ?? null) : "integrity",
      severity: rule === "signal_dropped" ? "warning" : "critical",
      rule_id: rule,
      field,
      raw: odd ? (options.hostile ?? null) : raw,
      expected,
      ...proposalOf(field, rule, odd ? (options.hostile ?? null) : raw),
      raw_sha256: raw === null ? null : "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      findings: 1,
      version: 1,
      attempt: 1,
      quarantined_at: "2026-03-02T10:15:30Z",
    };
  });
}

/** What the rule of the meters that report millivolts proposes. */
function proposalOf(field: string, rule: string, from: string | null): Row {
  if (rule !== "battery_in_millivolts") return { proposed: null, is_enough: null };
  return { proposed: JSON.stringify([{ field, rule, from, to: "12.65" }]), is_enough: true };
}

/** How the queue stands that has these open places, and some that were worked. */
export function standingRows(open: readonly Row[], worked: Worked): Row[] {
  const { waiting = 0, recovered = 0, rejected = 0, repaired = 0 } = worked;
  const done = waiting + recovered + rejected + repaired;
  const row = (scope: string, name: string, rows: readonly Row[], counts: Worked, held: number): Row => ({
    ...{ scope, name, severity: scope === "rule" ? String(rows[0]?.severity ?? "critical") : null },
    ...{ held: rows.length + held, open: rows.length, ...NOT_WORKED, ...counts },
    proposed: rows.filter(({ is_enough }) => is_enough).length,
  });
  const by = (scope: string, key: string): Row[] => {
    const names = [...new Set(open.map((item) => String(item[key])))];
    const first = done > 0 ? (names.shift() ?? "signal_dropped") : undefined;
    const of = (name: string): Row[] => open.filter((item) => item[key] === name);
    return [
      ...(first === undefined ? [] : [row(scope, first, of(first), worked, done)]),
      ...names.map((name) => row(scope, name, of(name), {}, 0)),
    ];
  };
  return [row("all", "all", open, worked, done), ...by("rule", "rule_id"), ...by("region", "region")];
}

export type Worked = Partial<Record<keyof typeof NOT_WORKED, number>>;
const NOT_WORKED = { waiting: 0, recovered: 0, rejected: 0, repaired: 0 };

export function workRows({ waiting = 0, recovered = 0, rejected = 0, repaired = 0 }: Worked): Row[] {
  const rows: (readonly [string, string, string, number])[] = [
    ["2026-03-02", "fix", "rule", repaired],
    ["2026-03-02", "reject", "person", rejected],
    ["2026-03-03", "accept", "person", recovered],
    ["2026-03-03", "release", "person", waiting],
  ];
  return rows
    .filter(([, , , decisions]) => decisions > 0)
    .map(([day, verb, decider, decisions]) => ({ day, verb, decider, decisions }));
}
