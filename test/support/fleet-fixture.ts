import type { Worked } from "./triage-fixture.ts";

/** A fleet that never was, as rows of the marts: for tests of the site that need no database. */

export type Row = Record<string, string | number | boolean | null>;
export type Marts = Record<string, Row[]>;

export interface FleetOptions {
  readonly devicesPerRegion: number;
  /** Region names and how likely an update fails there. */
  readonly regions: readonly (readonly [name: string, failure: number])[];
  readonly triage: number;
  /** Devices that were held and are open no more. */
  readonly worked?: Worked;
  /** Text put wherever a device or an import may put text. */
  readonly hostile?: string;
  readonly seed?: number;
}

export const STAGES = ["QUEUED", "ACKNOWLEDGED", "DOWNLOADING", "VERIFIED", "INSTALLING", "REBOOTING", "CONFIRMING"];
const STAGE_WEIGHT = [1, 1, 7, 2, 6, 4, 3];
export const MODELS = ["SN-200", "SN-210", "GW-4", "GW-5 Pro", "TH-1"];
const FIELDS = ["battery_voltage", "signal_strength", "storage_free_mb"];
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function wilson(
  hits: number,
  n: number,
): { rate: number | null; rate_low: number | null; rate_high: number | null } {
  if (n === 0) return { rate: null, rate_low: null, rate_high: null };
  const z = 1.959964;
  const p = hits / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { rate: p, rate_low: Math.max(0, middle - half), rate_high: Math.min(1, middle + half) };
}

interface Cell {
  readonly region: string;
  readonly stage: string;
  readonly stage_ordinal: number;
  readonly at_risk: number;
  readonly failures: number;
}

export function stageCells(options: FleetOptions): Cell[] {
  const next = random(options.seed ?? 7);
  const total = STAGE_WEIGHT.reduce((a, b) => a + b, 0);
  return options.regions.flatMap(([region, failure]) => {
    let atRisk = options.devicesPerRegion;
    return STAGES.map((stage, index) => {
      const share = (failure * (STAGE_WEIGHT[index] ?? 1)) / total;
      const failures = Math.round(options.devicesPerRegion * share * (0.9 + 0.2 * next()));
      const cell = { region, stage, stage_ordinal: index + 1, at_risk: atRisk, failures };
      atRisk -= failures;
      return cell;
    });
  });
}

/** Two-sided p of two proportions, by the normal approximation. */
function pTwo(a: number, n: number, b: number, m: number): number {
  const pool = (a + b) / (n + m);
  const z = Math.abs(a / n - b / m) / Math.sqrt(pool * (1 - pool) * (1 / n + 1 / m));
  const t = 1 / (1 + 0.3275911 * (z / Math.SQRT2));
  const poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Number.isFinite(z) ? Math.min(1, poly * Math.exp(-(z * z) / 2)) : 1;
}

/** Compares each group with the fleet; the test is against all the others. */
export function against<T extends { n: number; hits: number }>(groups: readonly T[]): (T & Row)[] {
  const n = groups.reduce((sum, group) => sum + group.n, 0);
  const hits = groups.reduce((sum, group) => sum + group.hits, 0);
  const p = groups.map((group) => pTwo(group.hits, group.n, hits - group.hits, n - group.n));
  const order = p.map((_, index) => index).sort((i, j) => (p[i] ?? 0) - (p[j] ?? 0));
  const holm: number[] = [];
  order.reduce((floor, index, rank) => {
    holm[index] = Math.min(1, Math.max(floor, (p[index] ?? 1) * (groups.length - rank)));
    return holm[index] ?? 1;
  }, 0);
  return groups.map((group, index) => {
    const fleet = hits / Math.max(1, n);
    const difference = group.hits / group.n - fleet;
    return {
      ...group,
      ...wilson(group.hits, group.n),
      fleet_rate: fleet,
      difference,
      p_value: p[index] ?? 1,
      p_holm: holm[index] ?? 1,
    };
  });
}

export function regionRows(
  cells: readonly Cell[],
  options: FleetOptions,
): { failure: Row[]; stage: Row[]; ranking: Row[] } {
  const failure = against(
    options.regions.map(([region]) => {
      const hits = cells.filter((cell) => cell.region === region).reduce((sum, cell) => sum + cell.failures, 0);
      return { region, n: options.devicesPerRegion, hits };
    }),
  ).map(({ n, hits, ...row }) => ({
    ...row,
    devices: n,
    failures: hits,
    verdict: Number(row.p_holm) >= 0.05 ? "no detectable difference" : Number(row.difference) > 0 ? "worse" : "better",
    recovered: Math.round(hits * 0.96),
    quarantined: hits - Math.round(hits * 0.96),
    ...restOf(n, hits, cells, options),
  }));
  const stage = STAGES.flatMap((name) => {
    const group = cells.filter((cell) => cell.stage === name);
    return against(group.map((cell) => ({ ...cell, n: cell.at_risk, hits: cell.failures }))).map(
      ({ n, hits: _, ...row }) => ({
        ...row,
        unknown: 0,
        significant: Number(row.p_holm) < 0.05,
        enough: n >= 30,
      }),
    );
  });
  return { failure, stage, ranking: STAGES.flatMap((name) => rank(cells.filter((cell) => cell.stage === name))) };
}

/** All other regions, and how far a region is from them: of a width that will do. */
function restOf(n: number, hits: number, cells: readonly Cell[], { devicesPerRegion, regions }: FleetOptions): Row {
  const rest_devices = devicesPerRegion * regions.length - n;
  const all = cells.reduce((sum, cell) => sum + cell.failures, 0);
  const { rate, rate_low, rate_high } = wilson(all - hits, rest_devices);
  const gap = rate === null ? null : hits / n - Number(rate);
  const bounds = gap === null ? { gap_low: null, gap_high: null } : { gap_low: gap - 0.02, gap_high: gap + 0.02 };
  return {
    rest_devices,
    rest_rate: rate ?? null,
    rest_low: rate_low ?? null,
    rest_high: rate_high ?? null,
    gap,
    ...bounds,
  };
}

function rank(cells: readonly Cell[]): Row[] {
  const rows = cells
    .map((cell) => ({ ...cell, ...wilson(cell.failures, cell.at_risk) }))
    .sort((a, b) => Number(b.rate) - Number(a.rate) || a.region.localeCompare(b.region));
  const all = rows.reduce((sum, row) => sum + row.failures, 0);
  return rows.map((row, index) => {
    const above = rows.filter((other) => Number(other.rate) > Number(row.rate));
    return {
      ...row,
      rank: above.length + 1,
      dense_rank: new Set(above.map((other) => other.rate)).size + 1,
      row_number: index + 1,
      rank_low: rows.filter((other) => Number(other.rate_low) > Number(row.rate_high)).length + 1,
      rank_high: rows.filter((other) => Number(other.rate_high) >= Number(row.rate_low)).length || 1,
      tied: rows.some((other) => other !== row && other.rate === row.rate),
      share_of_stage_failures: all === 0 ? null : row.failures / all,
    };
  });
}

export function modelRows(): Row[] {
  return MODELS.flatMap((model, index) =>
    ["1.8.2", "1.9.0"].map((firmware_from, other) => {
      const devices = 900 + 211 * index + 97 * other;
      const failures = Math.round(devices * (0.28 + 0.02 * index + 0.03 * other));
      return { model, firmware_from, devices, failures, ...wilson(failures, devices), rank: 0 };
    }),
  )
    .sort((a, b) => Number(b.rate) - Number(a.rate))
    .map((row, index) => ({ ...row, rank: index + 1 }));
}

export function timelineRows(rows: number, workers: number): Row[] {
  const next = random(3);
  const free = Array.from({ length: workers }, () => 0);
  const batches = Array.from({ length: Math.ceil(rows / 1000) }, (_, batch_no) => {
    const worker = free.indexOf(Math.min(...free));
    const started_ms = free[worker] ?? 0;
    const duration_ms = 120 + Math.round(next() * 90);
    free[worker] = started_ms + duration_ms + 4;
    const finished_ms = started_ms + duration_ms;
    const size = Math.min(1000, rows - 1000 * batch_no);
    return {
      stage: "recover",
      pass: 1,
      batch_no,
      worker,
      rows: size,
      started_ms,
      finished_ms,
      duration_ms,
      batches: 1,
    };
  });
  let done = 0;
  return batches
    .sort((a, b) => a.finished_ms - b.finished_ms)
    .map((batch) => {
      done += batch.rows;
      return { ...batch, cumulative_rows: done };
    });
}

export function faultRows(perCell: number): Row[] {
  const kinds = ["null", "type_mismatch", "signal_drop", "out_of_range"];
  return FIELDS.flatMap((field, row) =>
    kinds
      .filter((kind) => kind !== "signal_drop" || field === "signal_strength")
      .map((kind, column) => {
        const injected = perCell + 13 * row + 7 * column;
        const missed = kind === "out_of_range" && field === "storage_free_mb" ? 6 : 0;
        const found = injected - missed;
        return {
          field,
          kind,
          injected,
          found,
          right_rule: found,
          missed,
          elsewhere: 0,
          false_alarms: 0,
          precision: 1,
          recall: found / injected,
          kind_ordinal: column + 1,
          layer: "syntactic",
        };
      }),
  );
}

/** The same by kind, by layer and in all. */
export function scoreRows(faults: readonly Row[]): Row[] {
  const scored = (scope: string, name: string, layer: string | null, rows: readonly Row[]): Row => {
    const sum = (key: string): number => rows.reduce((total, row) => total + Number(row[key]), 0);
    const recall = wilson(sum("found"), sum("injected"));
    const counts = ["injected", "found", "right_rule", "missed", "elsewhere", "false_alarms"].map((key) => [
      key,
      sum(key),
    ]);
    return {
      ...{ scope, name, layer, ...Object.fromEntries(counts) },
      ...{ recall: recall.rate, recall_low: recall.rate_low, recall_high: recall.rate_high },
      ...{ precision: 1, precision_low: 0.99, precision_high: 1, f1: 0.995, f1_low: 0.99, f1_high: 1 },
    };
  };
  if (faults.length === 0) return [];
  const kinds = [...new Set(faults.map((row) => String(row.kind)))];
  return [
    ...kinds.map((kind) =>
      scored(
        "kind",
        kind,
        "syntactic",
        faults.filter((row) => row.kind === kind),
      ),
    ),
    scored("layer", "syntactic", "syntactic", faults),
    scored("all", "all", null, faults),
  ];
}

export function qualityRows(options: FleetOptions): Row[] {
  return options.regions.flatMap(([region], index) =>
    FIELDS.map((field, other) => {
      const devices = options.devicesPerRegion;
      const findings = Math.round(devices * (0.012 + 0.001 * index + 0.002 * other));
      const { rate, rate_low, rate_high } = wilson(findings, devices);
      return {
        region,
        field,
        devices,
        reported: true,
        findings,
        findings_success: Math.round(findings * 0.67),
        findings_partial: findings - Math.round(findings * 0.67),
        finding_rate: rate,
        finding_rate_low: rate_low,
        finding_rate_high: rate_high,
        mean_trusted: [12.61, 58.2, 2048.4][other] ?? null,
      };
    }),
  );
}
