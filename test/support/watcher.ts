import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freshCheckout } from "./checkout.ts";
import { type Ended, type Running, start } from "./cli.ts";
import { query } from "./fleet.ts";
import { freePort } from "./port.ts";
import type { TemporaryProject } from "./project.ts";

/** A file of telemetry as watchers are given them: what its lines are about, and lines. */
export const HEAD = "device_id,region,battery_voltage,signal_strength,update_status\n";
export const LINES = ["A-1,Europe,12.9,74,Success\n", "A-2,Europe,12.7,70,Partial\n", "A-3,Asia,UNKNOWN,71,Partial\n"];

export interface Watcher extends Running {
  /** Where files come. */
  readonly folder: string;
  readonly port: number;
  get(path: string): Promise<Response>;
  /** A series of /metrics. */
  metric(series: string): Promise<number>;
  said(): string;
}

/** A checkout of its own, in which watchers run. */
export class WatchPost {
  readonly checkout: TemporaryProject = freshCheckout();
  readonly #running: Running[] = [];
  #folders = 0;

  /** Starts a watcher with a folder and an endpoint of its own. */
  async watch(url: string, ...words: string[]): Promise<Watcher> {
    const folder = join(this.checkout.root, `arrivals-${++this.#folders}`);
    mkdirSync(folder);
    const port = await freePort();
    const all = ["--from", folder, "--every", "100ms", "--metrics", String(port), ...words, "--workers", "1"];
    const command = this.begin(url, ...all);
    this.#running.push(command);
    let text = "";
    command.process.stderr?.on("data", (chunk: string) => {
      text += chunk;
    });
    await command.says("Watching the database");
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    const metric = async (series: string): Promise<number> =>
      seriesOf(await (await get("/metrics")).text()).get(series) ?? Number.NaN;
    return { ...command, folder, port, get, metric, said: () => text };
  }

  /** Starts one that nobody looks after. */
  begin(url: string, ...words: string[]): Running {
    return start(["pipeline", "--watch", ...words], { DATABASE_URL: url }, this.checkout.root);
  }

  async stop(watcher: Watcher, signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    this.#running.splice(this.#running.indexOf(watcher), 1);
    watcher.process.kill(signal);
    return watcher.ended;
  }

  /** What the heartbeat says. */
  heart(): Record<string, unknown> {
    const file = join(this.checkout.root, "data", "local", "watch.json");
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  }

  /** Ends all watchers that are left. */
  async quiet(): Promise<void> {
    for (const watcher of this.#running.splice(0)) {
      watcher.process.kill("SIGTERM");
      await watcher.ended;
    }
  }
}

/** The series of a text of Prometheus, with their values. */
export function seriesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

/** Puts a file there as one should: written elsewhere, then moved. */
export function land({ folder }: Pick<Watcher, "folder">, name: string, text: string): void {
  const beside = join(folder, `${name}.part`);
  writeFileSync(beside, text);
  utimesSync(beside, new Date("2024-01-01"), new Date("2024-01-01"));
  renameSync(beside, join(folder, name));
}

/** How many campaigns were validated, and held. */
export async function validated(url: string): Promise<number> {
  const held = "SELECT campaign_id FROM validation_result GROUP BY 1 HAVING bool_and(passed)";
  return (await query(url, held)).length;
}
