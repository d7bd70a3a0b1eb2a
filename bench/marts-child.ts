import { once } from "node:events";
import { DuckDBConnection } from "@duckdb/node-api";
import type pg from "pg";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { martInputs, reference } from "../pipelines/reference.ts";
import { peakBytes } from "./proc.ts";

/** What this process is told to refresh. */
export interface RefreshOrder {
  readonly connection: pg.ClientConfig;
  readonly campaign: string;
  readonly home: string;
  readonly projectRoot: string;
}

/** What it says when it has. */
export interface RefreshCost {
  /** Seconds of each part. */
  readonly phases: Record<string, number>;
  readonly rssBytes: number;
}

const phases: Record<string, number> = {};
let began = performance.now();
let firstStatement = true;

/** Times every statement that the real refresh gives DuckDB; what comes before the first of them is the pull. */
const { run, runAndReadAll } = DuckDBConnection.prototype;
DuckDBConnection.prototype.run = function (...given) {
  return timed(partOf(given[0]), () => run.apply(this, given));
};
DuckDBConnection.prototype.runAndReadAll = function (...given) {
  return timed("checks", () => runAndReadAll.apply(this, given));
};

/** The models tell their layer by their names. */
function partOf(text: string): string {
  if (text === "CHECKPOINT") return "write";
  const model = /^-- model: ([a-z_]+)$/m.exec(text)?.[1];
  if (model === undefined) return "prepare";
  return model.startsWith("stg_") ? "staging" : "marts";
}

async function timed<T>(part: string, work: () => Promise<T>): Promise<T> {
  if (firstStatement) phases.pull = (performance.now() - began) / 1000;
  firstStatement = false;
  const since = performance.now();
  try {
    return await work();
  } finally {
    phases[part] = (phases[part] ?? 0) + (performance.now() - since) / 1000;
  }
}

const [order] = (await once(process, "message")) as [RefreshOrder];
began = performance.now();
const { projectRoot, ...where } = order;
const inputs = martInputs(reference(projectRoot));
await refreshWarehouse({ ...where, ...inputs, onNote: (line) => process.stderr.write(`${line}\n`) });
const rssBytes = peakBytes("self") ?? process.resourceUsage().maxRSS * 1024;
process.send?.({ phases, rssBytes } satisfies RefreshCost, () => process.disconnect());
