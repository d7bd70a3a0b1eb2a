import type pg from "pg";
import { isRefusal, type Refusal } from "./retry.ts";

/** An item that the server does not take. */
export interface Refused<T> {
  readonly item: T;
  /** The words of the server, which may repeat what the row holds. */
  readonly reason: string;
  /** SQLSTATE. */
  readonly state: string;
}

/** Beyond it the server refuses not rows but the work. */
const MOST_REFUSED = 1_000;

/**
 * Finds the items that the server refuses for what they hold (SQLSTATE 22xxx, 23xxx, 54xxx), by halves: so many statements an item as
 * its number has binary digits. What the server takes stays until all are tried, so that an item which contradicts another one is
 * found too; then everything is rolled back.
 * @param client not inside a transaction.
 * @param attempt stores some of the items.
 * @throws the server's error where it refuses more than 1,000 items, and any other error.
 */
export async function refusedAmong<T>(
  client: pg.ClientBase,
  items: readonly T[],
  attempt: (part: readonly T[]) => Promise<unknown>,
): Promise<Refused<T>[]> {
  const refused: Refused<T>[] = [];
  const waiting: (readonly T[])[] = [items];
  await client.query("BEGIN");
  try {
    for (let part = waiting.pop(); part; part = waiting.pop()) {
      const error = await refusal(client, () => attempt(part));
      if (error === undefined) continue;
      const [item] = part;
      if (part.length > 1) {
        const middle = part.length >> 1;
        waiting.push(part.slice(middle), part.slice(0, middle));
      } else if (item !== undefined) refused.push({ item, reason: error.message, state: error.code });
      if (refused.length > MOST_REFUSED) throw error;
    }
  } finally {
    await client.query("ROLLBACK");
  }
  return refused;
}

/** Tries to store something, and takes it back where the server refuses it. */
async function refusal(client: pg.ClientBase, attempt: () => Promise<unknown>): Promise<Refusal | undefined> {
  await client.query("SAVEPOINT part");
  try {
    await attempt();
    await client.query("RELEASE part");
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await client.query("ROLLBACK TO part; RELEASE part");
    return error;
  }
}
