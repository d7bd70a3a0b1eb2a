import type pg from "pg";
import { BUCKET_COUNT } from "../domain/vocabulary.ts";

const SAMPLES = 5;
const FEWEST_ROWS = 500;
const MOST_ROWS = 50_000;
/** Rows of a batch times milliseconds of the link. */
const ROWS_BY_MS = 20_000;
const MOST_IN_FLIGHT = 64;
/** Batches that a fleet has at least, if it has the rows for it: one for each worker that a machine may have. */
const FEWEST_BATCHES = 16;

/** Milliseconds from a question to its answer: the median of a few. */
export async function roundTripMs(client: pg.ClientBase): Promise<number> {
  const times: number[] = [];
  for (let no = 0; no < SAMPLES; no++) {
    const asked = performance.now();
    await client.query("");
    times.push(performance.now() - asked);
  }
  return times.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? 0;
}

/**
 * Devices that commit together where nobody says how many. Near the server a large batch spares it work; over a slow link, where a
 * cut costs what was under way, 500, and {@link batchesInFlight} hides the round trip.
 * @param apart whether workers are at several servers: a batch is then of one bucket, and so of one server.
 */
export function batchRows(linkMs: number, devices: number, apart = false): number {
  const batches = apart ? BUCKET_COUNT : FEWEST_BATCHES;
  const rows = Math.min(MOST_ROWS, Math.ceil(ROWS_BY_MS / linkMs), Math.ceil(devices / batches));
  return Math.max(FEWEST_ROWS, rows);
}

/** Batches that a worker has under way: about one for each millisecond of the link, which is what the server takes for a small one. */
export function batchesInFlight(linkMs: number): number {
  return Math.min(MOST_IN_FLIGHT, 1 + Math.ceil(linkMs));
}
