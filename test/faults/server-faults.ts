import { settled, until } from "../support/barrier.ts";
import { query } from "../support/fleet.ts";
import type { OwnServer } from "../support/own-server.ts";
import { type Broken, begin, bounded, type Hold, type Place } from "./place.ts";

/** How a server falls while a command's batch is about to commit, and whether it is back while the command still hopes. */
interface Fall {
  readonly hold: Hold;
  readonly fall: (server: OwnServer, url: string) => Promise<void>;
  readonly back: boolean;
}

export async function fallen(words: readonly string[], place: Place, { hold, fall, back }: Fall): Promise<Broken> {
  const { url } = place;
  const server = serverOf(place);
  const barrier = await hold(url);
  const command = begin(words, place);
  const early = command.ended.then(() => "ended" as const);
  const struck = (await Promise.race([barrier.reached(), early])) !== "ended";
  await fall(server, url);
  if (back) await server.start();
  const ended = await bounded(command, place);
  server.disk?.empty();
  await server.start();
  await settled(url);
  await query(url, "DROP FUNCTION barrier() CASCADE");
  return { ...ended, struck };
}

/** Fills the disk, and writes until the server gives up for want of a place for its log. */
export async function exhaustLog({ disk }: OwnServer, url: string): Promise<void> {
  disk?.fill();
  const write = () =>
    query(url, "SELECT pg_logical_emit_message(false, 'full', repeat('x', 1000000)), pg_switch_wal()");
  await until("the server gives up", () =>
    write().then(
      () => false,
      () => true,
    ),
  );
}

export async function onFullDisk(words: readonly string[], place: Place): Promise<Broken> {
  const { disk } = serverOf(place);
  disk?.fill();
  try {
    const ended = await bounded(begin(words, place), place);
    return { ...ended, struck: /disk of the server .* is full/.test(ended.stderr) };
  } finally {
    disk?.empty();
  }
}

function serverOf({ server }: Place): OwnServer {
  if (!server) throw new Error("the scenario needs a server of its own");
  return server;
}

/** How a database is altered and altered back, and, where it can be missed, the word by which the command tells that it met that. */
interface Setting {
  readonly set: string;
  readonly reset: string;
  readonly says?: RegExp;
}

/** Runs while the database is set otherwise, by a session of its owner. */
export async function under(words: readonly string[], place: Place, owner: string, setting: Setting): Promise<Broken> {
  const name = new URL(owner).pathname.slice(1);
  const alter = (text: string) => query(elsewhere(owner), `ALTER DATABASE ${name} ${text}`);
  await alter(setting.set);
  try {
    const ended = await bounded(begin(words, place), place);
    return { ...ended, struck: setting.says?.test(ended.stderr) ?? true };
  } finally {
    await alter(setting.reset);
  }
}

const elsewhere = (url: string): string => Object.assign(new URL(url), { pathname: "/postgres" }).href;

/** Lends a user with the owner's rights whom limits concern, which a superuser passes by. */
export async function asOrdinary(place: Place, work: (place: Place) => Promise<Broken>): Promise<Broken> {
  const { username: owner, pathname } = new URL(place.url);
  const name = `user_${pathname.slice(1)}`;
  const password = "ordinary";
  await query(place.url, `CREATE ROLE ${name} LOGIN PASSWORD '${password}' IN ROLE ${owner}`);
  try {
    return await work({ ...place, url: Object.assign(new URL(place.url), { username: name, password }).href });
  } finally {
    await settled(place.url);
    await query(place.url, `REASSIGN OWNED BY ${name} TO ${owner}; DROP OWNED BY ${name}; DROP ROLE ${name}`);
  }
}
