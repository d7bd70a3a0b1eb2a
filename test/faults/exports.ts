import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openArchive } from "../../pipelines/archive/verify.ts";
import { wholeLake } from "../support/lake.ts";
import type { ExportStage } from "./scenario.ts";

/** Where the exports of scenarios are written, and what they are held against. */
export interface ExportGround {
  /** A folder that is to be written; what must not be touched stands beside it. */
  place(): string;
  /** What is wrong with the place after an export that may have failed: it is whole, or not there, or an earlier one still. */
  torn(place: string): Promise<string[]>;
  /** What is wrong with the place after an export that did not fail. */
  wanting(place: string): Promise<string[]>;
}

/** What an export holds, however it is written. @throws Error where it is not whole. */
const CONTENT: Readonly<Record<ExportStage, (folder: string) => Promise<string>>> = {
  export: async (folder) => (await openArchive(folder, new AbortController().signal)).manifest.digest,
  lake: wholeLake,
};

const NEIGHBOUR = "notes.txt";
const NOTES = "not Sentinel's";

/**
 * @param shelf folder for the places.
 * @param made an unbroken export of the same.
 * @param earlier one of before, which stands in each place; there need be none.
 */
export async function exportGround(
  stage: ExportStage,
  shelf: string,
  made: string,
  earlier: string,
): Promise<ExportGround> {
  const contentOf = CONTENT[stage];
  const whole = await contentOf(made);
  const before = existsSync(earlier) ? await contentOf(earlier) : undefined;
  if (before === whole) throw new Error("the earlier export can't be told from the new one");
  const judged = async (place: string, allowed: readonly (string | undefined)[]): Promise<string[]> => {
    if (!existsSync(place)) return allowed.includes(undefined) ? [] : ["the folder of the export is gone"];
    const held = await contentOf(place).catch((error: Error) => error);
    if (held instanceof Error) return [`what stands in the folder is no whole export: ${held.message}`];
    return allowed.includes(held) ? [] : [`the export holds ${held}, not ${whole}`];
  };
  const neighbour = (place: string): string[] =>
    readFileSync(join(dirname(place), NEIGHBOUR), "utf8") === NOTES ? [] : ["what stands beside the export changed"];
  return {
    place() {
      const place = join(shelf, randomUUID(), "export");
      mkdirSync(dirname(place));
      writeFileSync(join(dirname(place), NEIGHBOUR), NOTES);
      if (before !== undefined) cpSync(earlier, place, { recursive: true });
      return place;
    },
    torn: async (place) => [...neighbour(place), ...(await judged(place, [before, whole]))],
    async wanting(place) {
      const beside = readdirSync(dirname(place)).sort();
      if (beside.join() !== `export,${NEIGHBOUR}`) return [`beside the export stand ${beside.join(", ")}`];
      return [...neighbour(place), ...(await judged(place, [whole]))];
    },
  };
}
