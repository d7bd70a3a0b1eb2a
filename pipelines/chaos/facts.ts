import { setTimeout as pause } from "node:timers/promises";
import { EXIT } from "../cli/errors.ts";
import { campaignFor } from "../db/campaigns.ts";
import { type Target, withClient } from "../db/connect.ts";
import { campaignDigest } from "../db/digest.ts";
import { sql } from "../db/sql.ts";
import type { Facts } from "../domain/verdict.ts";
import { type Commands, commandFailed } from "./commands.ts";
import type { Scratch, ScratchDatabase } from "./scratch.ts";
import { quarantinedShare } from "./watch.ts";

/** What `validate` found. */
export interface Validated {
  readonly broken: readonly string[];
  readonly detection: Facts["detection"];
}

/** Asks `validate`, as a command of its own. */
export async function validated(
  { scratch, commands, signal }: { scratch: Scratch; commands: Commands; signal: AbortSignal },
  database: ScratchDatabase,
): Promise<Validated> {
  const end = await commands.begin(["validate", "--json"], scratch.url(database), signal).ended;
  signal.throwIfAborted();
  if (end.code !== EXIT.ok && end.code !== EXIT.validation) throw commandFailed("validate", end);
  const events = end.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const sum = (key: string): number =>
    events.reduce((total, { event, [key]: value }) => total + (event === "detection" ? Number(value) : 0), 0);
  return {
    broken: events.flatMap(({ event, name, passed }) => (event === "check" && passed === false ? [String(name)] : [])),
    detection: { injected: sum("injected"), found: sum("found"), falseAlarms: sum("false_alarms") },
  };
}

const POLL_MS = 50;

/** Waits until no session of a command is left: what a killed one had sent is then stored, or never will be. */
export function settled(target: Target, signal: AbortSignal): Promise<void> {
  return withClient(target, async (client) => {
    while ((await client.query<{ sessions: number }>(sql("chaos.sessions"))).rows[0]?.sessions !== 0)
      await pause(POLL_MS, undefined, { signal });
  });
}

/** What the two databases say, once the method has ended. */
export async function stored(
  scratch: Scratch,
): Promise<
  Pick<Facts, "digest" | "unbrokenDigest" | "partial" | "openRuns" | "quarantinedShare" | "rest" | "unbrokenRest">
> {
  const [control, trial] = [scratch.target("sentinel"), scratch.target("trial")];
  const corrupted = await withClient(trial, async (client) => {
    const { rows } = await client.query<{ devices: string[] }>(sql("chaos.corrupted"));
    return rows[0]?.devices ?? [];
  });
  const left = await withClient(trial, async (client) => {
    const { rows } = await client.query<{ partial: number; open_runs: number }>(sql("chaos.left_over"));
    return rows[0];
  });
  return {
    digest: await digestOf(trial),
    unbrokenDigest: await digestOf(control),
    partial: left?.partial ?? 0,
    openRuns: left?.open_runs ?? 0,
    quarantinedShare: (await quarantinedShare(trial)) ?? 0,
    rest: await decidedWithout(trial, corrupted),
    unbrokenRest: await decidedWithout(control, corrupted),
  };
}

const digestOf = (target: Target): Promise<string> =>
  withClient(target, async (client) => campaignDigest(client, (await campaignFor(client, undefined)).campaign_id));

const decidedWithout = (target: Target, devices: readonly string[]): Promise<string> =>
  withClient(target, async (client) => {
    const { rows } = await client.query<{ rest: string }>(sql("chaos.decided_without"), [devices]);
    return rows[0]?.rest ?? "";
  });
