import { type Marts, MODELS, type Row, wilson } from "./fleet-fixture.ts";

/** Rows of the marts that the notebooks read, for regions of so many devices and failures. */
export function notebookRows(regions: readonly Row[], faults: readonly Row[]): Marts {
  const battery_step = regions.flatMap(steps);
  return {
    ...{ region_makeup: regions.flatMap(makeup), battery_step, battery_line: lines(battery_step) },
    rule_finding: rules(faults),
  };
}

/** Shares a number out, in whole parts. */
function shared(total: number, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, at) => Math.floor((total * (at + 1)) / parts) - Math.floor((total * at) / parts),
  );
}

function makeup({ region = null, devices, failures }: Row): Row[] {
  const failed = shared(Number(failures), MODELS.length);
  return shared(Number(devices), MODELS.length).map((n, at) => ({
    ...{ region, model: MODELS[at] ?? "", firmware_from: "1.9.2", devices: n, failures: failed[at] ?? 0 },
  }));
}

/** From 12.1 to 13 V, rolled back at 12.5 V and below. */
function steps({ region = null, devices, failures }: Row): Row[] {
  const failed = shared(Number(failures), 10);
  return shared(Number(devices), 10).map((n, at) => {
    const battery_to = (121 + at) / 10;
    const decided = failed[at] ?? 0;
    return {
      ...{ region, battery_to, devices: n, failures: decided },
      ...{ retried: battery_to > 12.5 ? decided : 0, rolled: battery_to > 12.5 ? 0 : decided },
    };
  });
}

/** A line at the end of each step; the interval has a width that will do. */
function lines(all: readonly Row[]): Row[] {
  const sum = (rows: readonly Row[], key: string): number => rows.reduce((total, row) => total + Number(row[key]), 0);
  return [...new Set(all.map(({ battery_to }) => Number(battery_to)))].map((battery_to) => {
    const below = all.filter((row) => Number(row.battery_to) <= battery_to);
    const above = all.filter((row) => Number(row.battery_to) > battery_to);
    const [devices, failures] = [sum(below, "devices"), sum(below, "failures")];
    const [above_devices, above_failures] = [sum(above, "devices"), sum(above, "failures")];
    const gap = above_devices === 0 ? null : failures / devices - above_failures / above_devices;
    const bounds = { gap_low: gap === null ? null : gap - 0.02, gap_high: gap === null ? null : gap + 0.02 };
    return { battery_to, devices, failures, above_devices, above_failures, gap, ...bounds };
  });
}

/** One rule a field and kind of fault, with a false alarm at the first. */
function rules(faults: readonly Row[]): Row[] {
  return faults.map((fault, at) => {
    const injected = Number(fault.found);
    const findings = injected + (at === 0 ? 3 : 0);
    const { rate, rate_low, rate_high } = wilson(injected, findings);
    return {
      ...{
        rule_id: `${fault.field}_${fault.kind}`,
        field: fault.field ?? "",
        severity: "critical",
        detects: fault.kind ?? "",
      },
      ...{
        findings,
        injected,
        right_kind: injected,
        precision: rate,
        precision_low: rate_low,
        precision_high: rate_high,
      },
    };
  });
}
