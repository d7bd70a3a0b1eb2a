import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { withoutSecrets } from "./cli/secrets.ts";
import { type Context, withDatabase } from "./context.ts";
import { type Target, withClient } from "./db/connect.ts";
import { explain } from "./db/explain.ts";
import { migrate } from "./db/migrate.ts";
import { isTransient, withRetry } from "./db/retry.ts";
import { sql } from "./db/sql.ts";
import { serveVitals } from "./watch/endpoint.ts";
import { type Arrival, Folder } from "./watch/folder.ts";
import { heartbeatFile, keepHeartbeat, keepsPlace } from "./watch/heartbeat.ts";
import { Failed, look } from "./watch/look.ts";
import { takePlace } from "./watch/place.ts";
import { makeReport, type Round, settleCampaign, storeFile } from "./watch/rounds.ts";
import type { WatchSettings } from "./watch/settings.ts";
import { Vitals } from "./watch/vitals.ts";

/** While files keep coming, the report is made all the same after so long. */
const MOST_STALE_MS = 300_000;

/** What one watcher keeps in mind between its looks: no list that grows with what it has done. */
interface Watch {
  readonly context: Context;
  readonly settings: WatchSettings;
  readonly vitals: Vitals;
  readonly folder: Folder | undefined;
  readonly failed: Failed;
  /** What the last report showed, or failed to show. */
  shown: string | undefined;
  /** When it was made, on the steady clock. */
  shownAt: number;
}

/** Stores files as they come, recovers, validates and reports what changed, until it is told to stop. */
export async function watch(context: Context, settings: WatchSettings): Promise<never> {
  const now = (): Date => new Date();
  const heartbeat = heartbeatFile(context.projectRoot);
  takePlace(path.dirname(heartbeat), now(), (holder) => keepsPlace(holder, heartbeat, now()));
  const vitals = new Vitals(now);
  const clock = { wall: () => Date.now(), steady: () => performance.now() };
  const folder = settings.folder === undefined ? undefined : new Folder(settings.folder, clock);
  const kept = { shown: undefined, shownAt: 0 };
  const state: Watch = { context, settings, vitals, folder, failed: new Failed(), ...kept };
  folder?.next();
  const endpoint = settings.metrics === undefined ? undefined : await serveVitals(vitals, settings.metrics);
  const stopBeating = keepHeartbeat(heartbeat, vitals, settings.everyMs);
  tellBegin(state, endpoint?.url);
  try {
    await followAlways(state);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    stopBeating();
    await endpoint?.close();
  }
  throw stopped(context);
}

function tellBegin({ context: { reporter }, settings: { folder, everyMs } }: Watch, url: string | undefined): void {
  reporter.event({
    ...{ event: "watching", folder: folder ?? null, every_seconds: everyMs / 1000 },
    endpoint: url ?? null,
  });
  const what = folder === undefined ? "the database" : `the database and ${folder}`;
  reporter.note(`Watching ${what}${url ? `, ${url}/metrics tells how it goes` : ""}; Ctrl-C ends it.`);
}

/** Follows the database, and a new session to it whenever the last one was lost; one that is away is waited for. */
function followAlways(state: Watch): Promise<void> {
  const { context, vitals } = state;
  return withRetry(() => withDatabase(context, (target) => follow(state, target)), {
    stopped: () => context.signal.aborted,
    random: Math.random,
    deadlineMs: Number.POSITIVE_INFINITY,
    onRetry: (error) => {
      const reason = wordsOf(error);
      if (vitals.lost(reason)) context.reporter.note(`${reason} Waiting for it.`);
    },
  });
}

/** Looks and works until it is told to stop, or the session is lost. */
function follow(state: Watch, target: Target): Promise<void> {
  const { context, settings, vitals } = state;
  return withClient(target, async (client) => {
    try {
      await migrate(client);
      await client.query(sql("watch.bound"));
      const round: Round = { context, target, client, vitals };
      while (!context.signal.aborted) {
        if (!(await workOnce(state, round))) await pause(settings.everyMs, context.signal);
      }
    } catch (error) {
      throw explain(error, target);
    }
  });
}

/** Does what is next, if anything is. Returns whether it did, so that more may follow at once. */
async function workOnce(state: Watch, round: Round): Promise<boolean> {
  const { vitals, failed } = state;
  const found = await look(round.client, failed);
  vitals.looked();
  if (!found) return false;
  const { next, shown } = found;
  if (next) {
    const leave = (): void => failed.add(next);
    return attempt(state, "campaign", `Campaign ${next.name}`, () => settleCampaign(round, next.name), leave);
  }
  const hasNews = shown !== undefined && shown !== state.shown;
  const isStale = state.shown !== undefined && performance.now() - state.shownAt > MOST_STALE_MS;
  if (hasNews && isStale) return show(state, round, shown);
  const arrival = arrived(state);
  if (arrival) return take(state, round, arrival);
  if (hasNews) return show(state, round, shown);
  vitals.stuck(undefined);
  return false;
}

/** The next file. A folder that is gone, of a disk that was taken away for example, may come back. */
function arrived({ folder, vitals, context }: Watch): Arrival | undefined {
  if (!folder) return undefined;
  try {
    const arrival = folder.next();
    vitals.folder(undefined);
    vitals.metrics.set("waiting", folder.waiting);
    return arrival;
  } catch (error) {
    if (vitals.folder(wordsOf(error))) context.reporter.note(`${wordsOf(error)} Waiting for it.`);
    return undefined;
  }
}

function take(state: Watch, round: Round, { file, done }: Arrival): Promise<boolean> {
  const work = async (): Promise<boolean> => {
    const isNews = await storeFile(round, file);
    done();
    return isNews;
  };
  return attempt(state, "file", file, work, () => {
    state.vitals.metrics.add("files", 1, "refused");
    done();
  });
}

function show(state: Watch, round: Round, mark: string): Promise<boolean> {
  const keep = (): void => {
    state.shown = mark;
    state.shownAt = performance.now();
  };
  const work = async (): Promise<boolean> => {
    await makeReport(round);
    keep();
    return true;
  };
  return attempt(state, "report", "The report", work, keep);
}

/**
 * Does one thing. What fails for a reason of its own is told once and left until it changes; what others are in the way of is tried again.
 * @throws what ends the session, and what a stop interrupted.
 */
async function attempt(
  state: Watch,
  what: "file" | "campaign" | "report",
  name: string,
  work: () => Promise<boolean>,
  leave: () => void,
): Promise<boolean> {
  const { context, vitals } = state;
  try {
    if (await vitals.during(name, work)) vitals.changed();
    vitals.stuck(undefined);
    return true;
  } catch (error) {
    if (context.signal.aborted || isTransient(error)) throw error;
    const words = wordsOf(error);
    if (isPassing(error)) {
      if (vitals.stuck(words)) context.reporter.note(`${words} Trying again.`);
      return false;
    }
    leave();
    vitals.stuck(undefined);
    vitals.metrics.add("failures", 1, what);
    context.reporter.note(`${name} is left until it changes: ${words}`);
    return true;
  }
}

/** Whether it lay at what others do: a command that writes, a disk that is full. */
function isPassing(error: unknown): boolean {
  const codes: readonly number[] = [EXIT.database, EXIT.resumable];
  return error instanceof SentinelError && codes.includes(error.exitCode);
}

function wordsOf(error: unknown): string {
  return withoutSecrets(error instanceof Error ? error.message : String(error));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {});
}

function stopped({ command, options, words }: Context): SentinelError {
  return new SentinelError({
    exitCode: EXIT.interrupted,
    cause: "Stopped on request.",
    remedy: "Nothing that committed is lost. The same command again goes on:",
    command: commandLine(command, options, words),
  });
}
