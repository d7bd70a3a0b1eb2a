import type pg from "pg";
import type { Sample, Side } from "./side.ts";
import { statement } from "./statement.ts";

const MEMORY_POLL_MS = 10;

/** Resets a side, takes a checkpoint, and measures its work. */
export async function measure(client: pg.ClientBase, side: Side): Promise<Sample> {
  await side.reset();
  await client.query("CHECKPOINT");
  const walBefore = await walPosition(client);
  const cpuBefore = cpuSeconds();
  const memory = watchMemory();
  const began = performance.now();
  try {
    const devices = await side.work();
    const seconds = (performance.now() - began) / 1000;
    const spent = { cpuSeconds: cpuSeconds() - cpuBefore, rssBytes: memory.largest() };
    const walBytes = (await walPosition(client)) - walBefore;
    return { devices, seconds, ...spent, walBytes, ...(await side.inspect?.()) };
  } finally {
    memory.stop();
  }
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
      const name = round === 0 ? `${side.name}_first` : side.name;
      samples.set(name, [...(samples.get(name) ?? []), sample]);
      heard(side, round, sample);
    }
  }
  return samples;
}

/** The list, begun at the n-th of its items. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

async function walPosition(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(statement("wal_position"));
  return Number(rows[0]?.bytes);
}

function cpuSeconds(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1_000_000;
}

/** The kernel's own high-water mark is of the whole life of the process, so it is asked again and again. */
function watchMemory(): { largest: () => number; stop: () => void } {
  let largest = process.memoryUsage.rss();
  const look = (): number => {
    largest = Math.max(largest, process.memoryUsage.rss());
    return largest;
  };
  const timer = setInterval(look, MEMORY_POLL_MS);
  return { largest: look, stop: () => clearInterval(timer) };
}
