import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { csvParse, type DSVRowString } from "d3-dsv";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { type Catalogue, CULPRITS, type ErrorMeaning, type RegionPlace } from "./domain/catalogue.ts";
import { Misfit } from "./domain/condition.ts";
import type { Experiment } from "./domain/experiment.ts";
import { parseExperiment } from "./domain/experiment-form.ts";
import { type FaultProfile, parseFaultProfile } from "./domain/fault-profile.ts";
import type { FleetSpec, ModelSpec, RegionSpec, Weighted } from "./domain/fleet.ts";
import { type Policy, parsePolicy } from "./domain/policy.ts";
import { type Assumptions, parseAssumptions } from "./domain/roi.ts";
import { parseRuleSet, type RuleSet } from "./domain/rules.ts";
import { PERSON, UPDATE_STAGES, type UpdateStage } from "./domain/vocabulary.ts";
import { parseVendor, type Shape } from "./import/vendors.ts";
import { lineAt, lineOfSyntaxError } from "./json-lines.ts";

/** The reference inputs below `data/`, read and checked. An error names the file and what to write. */
export interface Reference {
  fleet(): FleetSpec;
  rules(name: string): RuleSet;
  policy(name: string): Policy;
  /** The same; undefined where no file has the name. */
  knownPolicy(name: string): Policy | undefined;
  roi(name: string): Assumptions;
  faultProfile(name: string): FaultProfile;
  /** Names of the experiments. */
  experiments(): readonly string[];
  experiment(name: string): Experiment;
  /** What is known of other tools: the forms in which they give devices. */
  shapes(): readonly Shape[];
  errorCodes(): readonly string[];
  /** What error codes mean, and where regions lie. */
  catalogue(): Catalogue;
}

export function reference(projectRoot: string): Reference {
  const data = path.join(projectRoot, "data");
  return {
    fleet: () => fleetSpec(data),
    rules: (name) => parsed(data, "rules", name, parseRuleSet, "rule set"),
    policy: (name) => parsed(data, "policy", name, policyOf),
    knownPolicy: (name) => (named(data, "policy").includes(name) ? parsed(data, "policy", name, policyOf) : undefined),
    roi: (name) => parsed(data, "roi", name, parseAssumptions, "set of ROI assumptions"),
    faultProfile: (name) => parsed(data, "chaos", name, parseFaultProfile, "chaos profile"),
    experiments: () => named(data, "experiments"),
    experiment: (name) => parsed(data, "experiments", name, (value) => experimentOf(value, name), "experiment"),
    shapes: () =>
      named(data, "vendors").flatMap((name) =>
        parsed(data, "vendors", name, (value) => parseVendor(value, errorCodes(data))),
      ),
    errorCodes: () => errorCodes(data),
    catalogue: () => ({ errors: rows(data, "errors.csv").map(errorMeaning), regions: regionPlaces(data) }),
  };
}

/** What the marts are made by, beside the rows of a campaign. */
export function martInputs({ rules, knownPolicy, roi, catalogue }: Reference, assumptions = "default") {
  return { rules, policy: knownPolicy, roi: roi(assumptions), catalogue: catalogue() };
}

/** The names of the files of a kind, in the same order everywhere. */
function named(data: string, kind: string): string[] {
  const files = readdirSync(path.join(data, kind)).filter((file) => file.endsWith(".json"));
  return files.map((file) => file.slice(0, -".json".length)).sort();
}

const errorCodes = (data: string): string[] => [
  ...new Set(rows(data, "errors.csv").map((row) => text(row, "error_code", "errors.csv"))),
];

function parsed<T extends object>(
  data: string,
  kind: string,
  name: string,
  parse: (value: unknown) => T,
  what = kind,
): T {
  const known = named(data, kind);
  if (!known.includes(name)) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `There is no ${what} named "${name}".`,
      remedy: `Use one of: ${known.join(", ")}; or add data/${kind}/${name}.json.`,
    });
  }
  const file = `data/${kind}/${name}.json`;
  const text = readFileSync(path.join(data, kind, `${name}.json`), "utf8");
  try {
    return parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof Misfit) throw damaged(file, error.message, lineAt(text, error.at));
    if (error instanceof SyntaxError) throw damaged(file, error.message, lineOfSyntaxError(text, error));
    throw error;
  }
}

/** What persons decide stands under a name of its own. */
function policyOf(value: unknown): Policy {
  const policy = parsePolicy(value);
  if (policy.name === PERSON) throw new Misfit(["name"], `the name "${PERSON}" is taken`);
  return policy;
}

/** A journal is named as the experiment. */
function experimentOf(value: unknown, name: string): Experiment {
  const experiment = parseExperiment(value);
  if (experiment.name !== name) throw new Misfit(["name"], `"name" must be that of the file, "${name}"`);
  return experiment;
}

function damaged(file: string, what: string, line?: number): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause: `${file}${line === undefined ? "" : `, line ${line},`} cannot be used: ${what}.`,
    remedy: "Correct the file, or take it back from version control.",
    command: `git checkout -- ${file}`,
  });
}

function fleetSpec(data: string): FleetSpec {
  const firmware = rows(data, "firmware.csv");
  const errors: Record<string, Weighted<string>[]> = {};
  for (const row of rows(data, "errors.csv")) {
    const weight = number(row, "weight", "errors.csv");
    // An error of no weight is known, and comes from imports alone.
    if (weight === 0) continue;
    const stage = text(row, "stage", "errors.csv");
    errors[stage] ??= [];
    errors[stage].push({ value: text(row, "error_code", "errors.csv"), weight });
  }
  return {
    regions: rows(data, "regions.csv").map(regionSpec),
    models: rows(data, "models.csv").map(modelSpec),
    firmwareFrom: firmware
      .filter(({ role }) => role === "from")
      .map((row) => ({ value: text(row, "version", "firmware.csv"), weight: number(row, "share", "firmware.csv") })),
    firmwareTo: text(firmware.find(({ role }) => role === "to") ?? {}, "version", "firmware.csv"),
    errors,
  };
}

function regionSpec(row: DSVRowString): Weighted<RegionSpec> {
  const file = "regions.csv";
  const stages = weighted(row, "stage_weights", file);
  const unknown = stages.find(({ value }) => !(UPDATE_STAGES as readonly string[]).includes(value));
  if (unknown) throw damaged(`data/${file}`, `"${unknown.value}" is no stage of an update`);
  return {
    weight: number(row, "share", file),
    value: {
      region: text(row, "region", file),
      partialRate: number(row, "partial_rate", file),
      batteryMean: number(row, "battery_mean", file),
      signalMean: number(row, "signal_mean", file),
      stages: stages as Weighted<UpdateStage>[],
    },
  };
}

function errorMeaning(row: DSVRowString): ErrorMeaning {
  const file = "errors.csv";
  const [stage, lookAt] = [text(row, "stage", file), text(row, "look_at", file)];
  if (!(UPDATE_STAGES as readonly string[]).includes(stage))
    throw damaged(`data/${file}`, `"${stage}" is no stage of an update`);
  const culprit = CULPRITS.find((word) => word === lookAt);
  if (culprit === undefined)
    throw damaged(`data/${file}`, `"${lookAt}" in "look_at" is none of ${CULPRITS.join(", ")}`);
  return {
    errorCode: text(row, "error_code", file),
    stage,
    meaning: text(row, "meaning", file),
    source: text(row, "source", file),
    lookAt: culprit,
  };
}

/** Regions without coordinates are on no map. */
function regionPlaces(data: string): RegionPlace[] {
  const file = "regions.csv";
  const places = rows(data, file)
    .filter(({ latitude, longitude }) => latitude || longitude)
    .map((row) => ({
      region: text(row, "region", file),
      latitude: degrees(row, "latitude", 90),
      longitude: degrees(row, "longitude", 180),
      countries: row.countries ? row.countries.split(" ") : [],
    }));
  const codes = places.flatMap(({ countries }) => countries);
  const wrong = codes.find((code, at) => !/^[0-9]{3}$/.test(code) || codes.indexOf(code) < at);
  if (wrong !== undefined)
    throw damaged(
      `data/${file}`,
      `"${wrong}" in "countries" must be an ISO 3166-1 numeric code, and stand in one region`,
    );
  return places;
}

function degrees(row: DSVRowString, column: string, most: number): number {
  const value = number(row, column, "regions.csv");
  if (Math.abs(value) > most)
    throw damaged("data/regions.csv", `${value} in "${column}" is not within ${most} degrees`);
  return value;
}

function modelSpec(row: DSVRowString): Weighted<ModelSpec> {
  const file = "models.csv";
  return {
    weight: number(row, "share", file),
    value: {
      model: text(row, "model", file),
      partialFactor: number(row, "partial_factor", file),
      hardware: weighted(row, "hardware", file),
      storageMb: number(row, "storage_mb", file),
    },
  };
}

function rows(data: string, file: string): DSVRowString[] {
  const found = csvParse(readFileSync(path.join(data, file), "utf8"));
  if (found.length === 0) throw damaged(`data/${file}`, "it has no rows");
  return found;
}

function text(row: Partial<DSVRowString>, column: string, file: string): string {
  const value = row[column];
  if (!value) throw damaged(`data/${file}`, `a row has no "${column}"`);
  return value;
}

function number(row: DSVRowString, column: string, file: string): number {
  const value = Number(text(row, column, file));
  if (!Number.isFinite(value)) throw damaged(`data/${file}`, `"${row[column]}" in "${column}" is not a number`);
  return value;
}

/** Reads "rev-A:40 rev-B:60". */
function weighted(row: DSVRowString, column: string, file: string): Weighted<string>[] {
  return text(row, column, file)
    .split(" ")
    .map((part) => {
      const [value = "", weight = ""] = part.split(":");
      if (value === "" || !(Number(weight) >= 0))
        throw damaged(`data/${file}`, `"${part}" is not of the form name:weight`);
      return { value, weight: Number(weight) };
    });
}
