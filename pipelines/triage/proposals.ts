import type { Options } from "../cli/options.ts";
import { POLICY_ACTIONS, type PolicyAction, REPORT_COLUMNS, type ReportColumn } from "../domain/vocabulary.ts";
import type { Row } from "./csv.ts";
import type { Asked, Told } from "./decide.ts";

/** What a corrected file asks for. */
export interface Proposals {
  readonly asked: readonly Asked[];
  /** Devices of which the file says nothing that can be done. */
  readonly refused: readonly Told[];
  /** The rows of each device that say anything. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  /** Devices that were left as they are. */
  readonly left: number;
}

type Defaults = Pick<Options, "why" | "action">;

/** Reads the rows of a file, of which those of one device make one decision. */
export function proposalsOf(rows: readonly Row[], defaults: Defaults): Proposals {
  const byDevice = new Map<string, Row[]>();
  let left = 0;
  for (const row of rows) {
    const device = row.device ?? "";
    const known = byDevice.get(device);
    if (known) known.push(row);
    else byDevice.set(device, [row]);
  }
  const asked: Asked[] = [];
  const refused: Told[] = [];
  const saying = new Map<string, readonly Row[]>();
  for (const [device, all] of byDevice) {
    const said = all.filter(({ decision, new_value }) => decision !== null || new_value !== null);
    if (said.length === 0) {
      left += 1;
      continue;
    }
    saying.set(device, said);
    const read = readDevice(device, said, defaults);
    if (typeof read === "string")
      refused.push({
        asked: { ...NOTHING, deviceId: device },
        outcome: { kind: "refused", reason: read },
        changes: [],
      });
    else asked.push(read);
  }
  return { asked, refused, rows: saying, left };
}

const NOTHING: Omit<Asked, "deviceId"> = {
  verb: "fix",
  values: new Map(),
  accepted: new Set(),
  action: "FORCE_ROLLBACK",
  version: undefined,
  why: null,
};

/** What one row says. */
interface Said {
  readonly verb: "fix" | "accept" | "reject" | "release";
  readonly field: ReportColumn | undefined;
  readonly value: string | null;
  readonly action: PolicyAction;
}

/** The decision that the rows of a device make; a sentence where they make none. */
function readDevice(
  deviceId: string,
  rows: readonly Row[],
  { why, action = "FORCE_ROLLBACK" }: Defaults,
): Asked | string {
  if (deviceId === "") return "the row names no device";
  const versions = new Set(rows.map(({ version }) => version));
  const [text] = versions;
  if (versions.size > 1) return "its rows name different versions";
  if (!text || !/^[1-9][0-9]{0,8}$/.test(text)) return `it needs its version as it was exported, not "${text ?? ""}"`;
  const reasons = [...new Set(rows.map((row) => row.why ?? why ?? ""))];
  if (reasons.includes("")) return "it needs a reason in column why, or in --why";
  if (reasons.some((reason) => reason.includes("\0") || reason.length > LONGEST_WHY))
    return "its reason is no text of 2,000 characters at most";
  const said = rows.map((row) => readRow(row, action));
  const wrong = said.find((one) => typeof one === "string");
  if (typeof wrong === "string") return wrong;
  const decision = together(said as Said[]);
  if (typeof decision === "string") return decision;
  return { ...decision, deviceId, version: Number(text), why: reasons.join("; ") };
}

const LONGEST_WHY = 2_000;

function readRow(row: Row, usual: PolicyAction): Said | string {
  const field = REPORT_COLUMNS.find((known) => known === row.field);
  const [verb = "fix", given, ...more] = (row.decision ?? "fix").trim().split(/\s+/);
  const word = verb.toLowerCase();
  if (word === "fix" && given?.toLowerCase() === "proposed" && more.length === 0) return readProposed(row, usual);
  const value = row.new_value ?? null;
  const action = POLICY_ACTIONS.find((known) => known === (given ?? usual).toUpperCase());
  if (word !== "fix" && word !== "accept" && word !== "reject" && word !== "release")
    return `decision "${row.decision}" is none of fix, accept, reject, release`;
  if (!action || more.length > 0 || (given !== undefined && word !== "reject"))
    return `decision "${row.decision}" says more than it may: only reject takes ${POLICY_ACTIONS.join(" or ")}, and fix takes proposed`;
  if (word === "fix" && value === null) return "a fix needs a new_value";
  if (word !== "fix" && value !== null) return `a new_value means nothing to ${word}`;
  if ((word === "fix" || word === "accept") && !field) return `there is no field "${row.field ?? ""}" to ${word}`;
  return { verb: word, field, value, action };
}

/** The value that was proposed when the file was written: what the person saw. */
function readProposed({ proposed = null, new_value, ...row }: Row, usual: PolicyAction): Said | string {
  if (new_value != null) return "a new_value means nothing to fix proposed";
  if (proposed === null) return "no rule proposes a value for it";
  return readRow({ ...row, decision: "fix", new_value: proposed }, usual);
}

type Together = Pick<Asked, "verb" | "values" | "accepted" | "action">;

/** Values can be corrected and let stand in one decision; what gives the telemetry up or back is one for itself. */
function together(said: readonly Said[]): Together | string {
  const [first] = said as [Said];
  const { verb, action } = first;
  if (said.some((one) => one.verb === "reject" || one.verb === "release")) {
    const same = said.every((one) => one.verb === verb && one.action === action);
    return same ? { verb, values: new Map(), accepted: new Set(), action } : "its rows contradict each other";
  }
  const fields = said.map(({ field }) => field);
  if (new Set(fields).size < fields.length) return "two of its rows are about one field";
  const of = (what: Said["verb"]) => said.filter((one) => one.verb === what);
  const values = new Map(of("fix").map(({ field, value }) => [field as ReportColumn, value ?? ""]));
  const accepted = new Set(of("accept").map(({ field }) => field as ReportColumn));
  return { verb: values.size > 0 ? "fix" : "accept", values, accepted, action };
}
