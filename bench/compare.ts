import { count, seconds } from "../pipelines/cli/format.ts";
import { type Target, withClient } from "../pipelines/db/connect.ts";
import { type Figure, figuresOf, type Results } from "./figures.ts";
import { breakGround, type Ground, type GroundParts } from "./ground.ts";
import { ingestSides } from "./ingest.ts";
import { interleaved } from "./measure.ts";
import { recoverySides } from "./recovery.ts";
import type { Side } from "./side.ts";

export interface Plan extends Pick<GroundParts, "devices" | "reference" | "signal"> {
  readonly rounds: number;
  readonly note: (line: string) => void;
}

/** Measures ingest, then recovery of the fleet that it stored. */
export function compare(target: Target, plan: Plan): Promise<Figure[]> {
  return withClient(target, async (client) => {
    const ground = await breakGround({ ...plan, target, client });
    return [
      ...figuresOf(await measured(ground, plan, "ingest", ingestSides)),
      ...figuresOf(await measured(ground, plan, "recovery", recoverySides)),
    ];
  });
}

async function measured(
  ground: Ground,
  { devices, rounds, note, signal }: Plan,
  work: Results["work"],
  open: (ground: Ground) => Promise<readonly Side[]>,
): Promise<Results> {
  const title = `${work}, ${count(devices)} devices`;
  note(`${title}: getting ready`);
  const sides = await open(ground);
  try {
    const samples = await interleaved(ground.client, sides, rounds, ({ name }, round, sample) => {
      signal.throwIfAborted();
      const rate = count(sample.devices / sample.seconds);
      note(`${title}, round ${round} of ${rounds}: ${name} ${rate}/s (${seconds(sample.seconds)})`);
    });
    return { work, devices, samples };
  } finally {
    for (const side of sides) await side.close?.();
  }
}
