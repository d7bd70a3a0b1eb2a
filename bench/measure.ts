import type pg from "pg";
import { startMeters } from "./meters.ts";
import type { Phase, Sample, Side } from "./side.ts";

/** Resets a side, takes a checkpoint, and measures its work. */
export async function measure(client: pg.ClientBase, side: Side): Promise<Sample> {
  await side.reset();
  await client.query("CHECKPOINT");
  const costs = await startMeters(client);
  const parts = stopwatch();
  const began = performance.now();
  let devices = 0;
  try {
    devices = await side.work(parts.phase);
  } catch (error) {
    await costs().catch(() => {});
    throw error;
  }
  const seconds = (performance.now() - began) / 1000;
  const phases = parts.end();
  const cost = await costs();
  return { devices, seconds, phases, ...cost, ...(await side.inspect?.()) };
}

/** The seconds of each part of a piece of work. */
export function stopwatch(): { phase: Phase; end: () => Record<string, number> } {
  const seconds: Record<string, number> = {};
  let at: { name: string; began: number } | undefined;
  const end = (): Record<string, number> => {
    if (at) seconds[at.name] = (seconds[at.name] ?? 0) + (performance.now() - at.began) / 1000;
    at = undefined;
    return seconds;
  };
  const phase = (name: string): void => {
    end();
    at = { name, began: performance.now() };
  };
  return { phase, end };
}

/**
 * Measures all sides in turn, round by round, each round beginning with the next one, so that what else the machine does and
 * what a side leaves behind falls on all of them. A first round warms both Node and the server; it is kept apart, as
 * `NAME_first`, since in `npm run pipeline` too a stage meets threads that worked before, but a lone stage does not.
 */
export async function interleaved(
  client: pg.ClientBase,
  sides: readonly Side[],
  rounds: number,
  heard: (side: Side, round: number, sample: Sample) => void,
): Promise<ReadonlyMap<string, readonly Sample[]>> {
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const side of rotated(sides, round)) {
      const sample = await measure(client, side);
      const name = round === 0 ? `${side.name}${FIRST}` : side.name;
      samples.set(name, [...(samples.get(name) ?? []), sample]);
      heard(side, round, sample);
    }
  }
  return samples;
}

/** How the name of a side ends whose samples are of the first round. */
export const FIRST = "_first";

/** The list, begun at the n-th of its items. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
