import { resolve } from "node:path";
import { reference } from "../../pipelines/reference.ts";
import type { Marts, Row } from "./fleet-fixture.ts";

const SHIPPED = reference(resolve(import.meta.dirname, "..", ".."));

/** What the shipped policy and assumptions are tried on, of a fleet whose regions and actions are given. */
export function outlookMarts(failure: readonly Row[], actions: readonly Row[], worked: number): Marts {
  const devices = (action: string): number =>
    actions.filter((row) => row.action === action).reduce((sum, row) => sum + Number(row.devices), 0);
  const [retried, rolled_back, held] = ["RETRY_UPDATE", "FORCE_ROLLBACK", "MANUAL_TRIAGE"].map(devices);
  const failed = failure.reduce((sum, row) => sum + Number(row.failures), 0);
  const { name, version, currency, assumptions } = SHIPPED.roi("default");
  return {
    policy_setting: [
      {
        policy: "default",
        has_decided: true,
        document: JSON.stringify(SHIPPED.policy("default")),
        reason: null,
      },
    ],
    policy_base: failure.flatMap(cellsOf),
    roi_base: [
      {
        failed,
        retried: retried ?? 0,
        rolled_back: rolled_back ?? 0,
        held: held ?? 0,
        undecided: 0,
        worked_by_person: worked,
      },
    ],
    roi_assumption: assumptions.map((one, no) => ({ assumptions: name, version, currency, ordinal: no + 1, ...one })),
  };
}

/** Of each region's devices that were not held, 55 % stand above the line, a fifth just below it. */
function cellsOf(row: Row): Row[] {
  const held = Number(row.quarantined);
  const rest = Number(row.failures) - held;
  const [high, near] = [Math.round(rest * 0.55), Math.round(rest * 0.2)];
  const nothing = { error_code: null, model: null, attempts: null, signal_strength: null, storage_free_mb: null };
  const region = row.region ?? null;
  return [
    { ...nothing, region, standing: "held", devices: held, batteries: `(none)=${held}` },
    {
      ...{ ...nothing, region, standing: "policy", error_code: "(other)", devices: rest },
      batteries: `12.2=${rest - high - near} 12.45=${near} 12.6=${high}`,
    },
  ];
}
