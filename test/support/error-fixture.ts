import { against, type FleetOptions, MODELS, type Row, wilson } from "./fleet-fixture.ts";

/** Errors that never were, as rows of the marts. */

interface Meant {
  readonly code: string;
  readonly share: number;
  readonly stage: string;
  readonly ordinal: number;
  readonly meaning: string | null;
  readonly source: string | null;
  readonly lookAt: string | null;
}

const CODES: readonly Meant[] = [
  {
    ...{ code: "connection_lost", share: 0.4, stage: "DOWNLOADING", ordinal: 3 },
    ...{ meaning: "Connection was lost", source: "LwM2M object 5 result 4", lookAt: "link" },
  },
  {
    ...{ code: "update_failed", share: 0.3, stage: "INSTALLING", ordinal: 5 },
    ...{ meaning: "The new image did not start", source: "LwM2M object 5 result 8", lookAt: "package" },
  },
  {
    ...{ code: "low_battery", share: 0.2, stage: "INSTALLING", ordinal: 5 },
    ...{ meaning: "Battery too low to write flash", source: "field practice", lookAt: "device" },
  },
  { code: "E-77", share: 0.1, stage: "REBOOTING", ordinal: 6, meaning: null, source: null, lookAt: null },
];

const FIRMWARE = ["1.8.2", "1.9.0"];
const PLACES = new Map<string, readonly [latitude: number, longitude: number, countries: string]>(
  Object.entries({
    India: [22.4, 78.9, "356"],
    "Middle East": [26.8, 47.4, "682 784"],
    "North America": [39.8, -98.6, "124 840"],
    Europe: [50.1, 9.7, "276 250"],
  }),
);

/** The marts of errors, models and versions, and places, of a fleet with these regions. */
export function errorMarts(regions: readonly Row[], options: FleetOptions): Record<string, Row[]> {
  const failures = regions.reduce((sum, row) => sum + Number(row.failures), 0);
  const devices = regions.reduce((sum, row) => sum + Number(row.devices), 0);
  const codes = CODES.map((code) => ({ ...code, failures: Math.round(failures * code.share) }));
  const named = codes.map((code, at) =>
    options.hostile && at > 0 ? { ...code, code: `${options.hostile}${at}` } : code,
  );
  return {
    error_pareto: failures === 0 ? [] : paretoRows(named),
    error_stage: failures === 0 ? [] : named.map(({ code, ...row }) => stageRow(code, row, failures)),
    group_failure: [
      ...groupRows("model", MODELS, devices, failures),
      ...groupRows("firmware", FIRMWARE, devices, failures),
    ],
    error_group_failure: failures === 0 ? [] : cellRows(regions, named, devices),
    region_group_failure: regions.flatMap((row) => [
      ...elsewhereRows(row, "model", MODELS),
      ...elsewhereRows(row, "firmware", FIRMWARE),
    ]),
    region_place: regions.flatMap(({ region = null }) => {
      const [latitude, longitude, countries] = PLACES.get(String(region)) ?? [];
      return latitude === undefined ? [] : [{ region, latitude, longitude, countries } as Row];
    }),
  };
}

type Counted = Meant & { readonly failures: number };

function paretoRows(codes: readonly Counted[]): Row[] {
  const all = codes.reduce((sum, { failures }) => sum + failures, 0);
  let soFar = 0;
  return codes.map(({ code, failures, meaning, source, lookAt }, at) => {
    soFar += failures;
    const { rate_low: share_low, rate_high: share_high } = wilson(failures, all);
    return {
      ...{ error_code: code, failures, share: failures / all, cumulative_share: soFar / all, rank: at + 1 },
      ...{ share_low, share_high, meaning, source, look_at: lookAt },
    };
  });
}

const stageRow = (error_code: string, row: Omit<Counted, "code">, failures: number): Row => ({
  ...{ error_code, stage: row.stage, stage_ordinal: row.ordinal, failures: row.failures },
  ...{ share: row.failures / failures, meaning: row.meaning, source: row.source, look_at: row.lookAt },
});

/** Tested against all others: what a group of cells has in common. */
function tested(groups: readonly { n: number; hits: number; row: Row }[]): Row[] {
  const all = groups.reduce((sum, { n }) => sum + n, 0);
  const hits = groups.reduce((sum, group) => sum + group.hits, 0);
  return against(groups.map(({ n, hits: own }) => ({ n, hits: own }))).map(
    ({ n, hits: own, fleet_rate: _, ...test }, at) => {
      const rest = all === n ? null : (hits - own) / (all - n);
      const difference = rest === null ? null : own / n - rest;
      const beyond = Number(test.p_holm) < 0.05 && difference !== null;
      return {
        ...groups[at]?.row,
        ...test,
        ...{ devices: n, failures: own, rest_rate: rest, difference },
        verdict: !beyond ? "no detectable difference" : difference > 0 ? "worse" : "better",
      };
    },
  );
}

function groupRows(scope: string, names: readonly string[], devices: number, failures: number): Row[] {
  if (devices === 0) return [];
  const n = Math.floor(devices / names.length);
  return tested(
    names.map((name, at) => {
      const extra = at === 0 && scope === "model" ? 1.15 : 1;
      return { n, hits: Math.min(n, Math.round((failures / names.length) * extra)), row: { scope, name } };
    }),
  );
}

function cellRows(regions: readonly Row[], codes: readonly Counted[], devices: number): Row[] {
  const even = (names: readonly string[]): (readonly [string, number, number])[] =>
    names.map((name) => [name, Math.floor(devices / names.length), 1 / names.length]);
  const all = regions.reduce((sum, row) => sum + Number(row.failures), 0);
  const scopes = [
    ["model", even(MODELS)],
    ["firmware", even(FIRMWARE)],
    ["region", regions.map((row) => [String(row.region), Number(row.devices), Number(row.failures) / all] as const)],
  ] as const;
  return scopes.flatMap(([scope, names]) =>
    codes.flatMap(({ code, failures }) =>
      tested(
        names.map(([name, n, share]) => ({
          ...{ n, hits: Math.round(failures * share) },
          row: { scope, name, error_code: code, enough: n >= 30 },
        })),
      ),
    ),
  );
}

function elsewhereRows({ region = null, devices, failures }: Row, scope: string, names: readonly string[]): Row[] {
  return names.map((name) => {
    const n = Math.floor(Number(devices) / names.length);
    const hits = Math.floor(Number(failures) / names.length);
    return {
      ...{ region, scope, name, devices: n, failures: hits, ...wilson(hits, n), elsewhere_devices: 4 * n },
      ...{ elsewhere_rate: 0.3, difference: hits / n - 0.3, p_value: 0.4, p_holm: 1 },
      verdict: "no detectable difference",
    };
  });
}
