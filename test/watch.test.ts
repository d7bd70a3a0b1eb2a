import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { holdBatches, settled, until } from "./support/barrier.ts";
import { freshCheckout } from "./support/checkout.ts";
import { type Ended, type Running, start, succeed } from "./support/cli.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { query } from "./support/fleet.ts";
import { ownServer } from "./support/own-server.ts";
import type { TemporaryProject } from "./support/project.ts";

const kept = keptDatabases();
const HEAD = "device_id,region,battery_voltage,signal_strength,update_status\n";
const LINES = ["A-1,Europe,12.9,74,Success\n", "A-2,Europe,12.7,70,Partial\n", "A-3,Asia,UNKNOWN,71,Partial\n"];

let checkout: TemporaryProject;
let folders = 0;
const running: Running[] = [];
beforeAll(() => {
  checkout = freshCheckout();
});
afterEach(async () => {
  for (const watcher of running.splice(0)) {
    watcher.process.kill("SIGTERM");
    await watcher.ended;
  }
});
afterAll(() => checkout.remove());

interface Watcher extends Running {
  /** Where files come. */
  readonly folder: string;
  readonly port: number;
  get(path: string): Promise<Response>;
  /** A series of /metrics. */
  metric(series: string): Promise<number>;
  said(): string;
}

async function watch(url: string, ...words: string[]): Promise<Watcher> {
  const folder = join(checkout.root, `arrivals-${++folders}`);
  mkdirSync(folder);
  const port = await freePort();
  const all = ["pipeline", "--watch", "--from", folder, "--every", "100ms", "--metrics", String(port), ...words];
  const command = start([...all, "--workers", "1"], { DATABASE_URL: url }, checkout.root);
  running.push(command);
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

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return port;
}

function seriesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

/** What is answered to who asks this machine by another name, as a page does that has its own name resolved to it. */
function askedAs(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, path: "/metrics", headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.once("error", reject).end();
  });
}

/** Puts a file there as one should: written elsewhere, then moved. */
function land({ folder }: Pick<Watcher, "folder">, name: string, text: string): void {
  const beside = join(folder, `${name}.part`);
  writeFileSync(beside, text);
  utimesSync(beside, new Date("2024-01-01"), new Date("2024-01-01"));
  renameSync(beside, join(folder, name));
}

const statuses = (url: string) =>
  query(url, "SELECT update_status, count(*)::int AS devices FROM ota_logs GROUP BY 1 ORDER BY 1");
const campaigns = async (url: string) =>
  (await query(url, "SELECT name FROM campaign ORDER BY campaign_id")).map(({ name }) => name);
/** What of campaigns was validated, and held. */
const held = async (url: string): Promise<number> =>
  (await query(url, "SELECT campaign_id FROM validation_result GROUP BY 1 HAVING bool_and(passed)")).length;

async function stop(watcher: Watcher, signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
  running.splice(running.indexOf(watcher), 1);
  watcher.process.kill(signal);
  return watcher.ended;
}

test("a file is recovered, validated and counted; again it is known; a broken one is told of once; SIGTERM ends it", async () => {
  const { url } = kept(await freshDatabase());
  const watcher = await watch(url, "--no-site");
  land(watcher, "one.csv", HEAD + LINES.join(""));
  await until(
    "the report of one.csv is made",
    async () => (await watcher.metric("sentinel_watch_reports_total")) === 1,
  );
  expect(await statuses(url)).toEqual([
    { update_status: "Quarantined", devices: 1 },
    { update_status: "Recovered", devices: 1 },
    { update_status: "Success", devices: 1 },
  ]);
  expect(await held(url)).toBe(1);
  const [name] = await campaigns(url);
  expect(name).toMatch(/^import-one-[0-9a-f]{8}$/);
  land(watcher, "one.csv", HEAD + LINES.join(""));
  land(watcher, "broken.csv", "serial,colour\n1,red\n");
  execFileSync("mkfifo", [join(watcher.folder, "pipe.csv")]);
  utimesSync(join(watcher.folder, "pipe.csv"), 1, 1);
  land(watcher, "two.csv", HEAD + LINES[1]);
  await until("two.csv is done", async () => (await watcher.metric("sentinel_watch_reports_total")) === 2);
  expect(await campaigns(url)).toEqual([name, expect.stringMatching(/^import-two-/)]);
  const text = await (await watcher.get("/metrics")).text();
  const series = seriesOf(text);
  expect(Object.fromEntries([...series].filter(([known]) => /files|devices|validations|failures/.test(known)))).toEqual(
    {
      sentinel_watch_files_waiting: 0,
      'sentinel_watch_files_total{result="stored"}': 2,
      'sentinel_watch_files_total{result="known"}': 1,
      'sentinel_watch_files_total{result="refused"}': 2,
      sentinel_watch_devices_stored_total: 4,
      sentinel_watch_devices_decided_total: 3,
      'sentinel_watch_validations_total{result="held"}': 2,
      'sentinel_watch_validations_total{result="broken"}': 0,
      'sentinel_watch_failures_total{what="file"}': 2,
      'sentinel_watch_failures_total{what="campaign"}': 0,
      'sentinel_watch_failures_total{what="report"}': 0,
    },
  );
  const looks = await watcher.metric("sentinel_watch_looks_total");
  await until("it looks on", async () => (await watcher.metric("sentinel_watch_looks_total")) > looks + 3);
  expect(watcher.said()).toContain("it is a pipe or a device, not a file");
  expect(watcher.said().match(/broken\.csv is left until it changes/g)).toHaveLength(1);
  const ran = await query(url, "SELECT stage, result, count(*)::int AS runs FROM run GROUP BY 1, 2 ORDER BY 1, 2");
  expect(ran).toEqual([
    { stage: "generate", result: "failed", runs: 1 },
    ...["generate", "recover", "validate"].map((stage) => ({ stage, result: "succeeded", runs: 2 })),
  ]);
  const { code, stderr } = await stop(watcher);
  expect(code).toBe(143);
  expect(stderr).toMatch(/Stopped on request\.[\s\S]*npm run pipeline -- --watch --from .*--every 100ms/);
  expect(stderr).not.toContain("This is a bug");
});

test("a file that is still being written is waited for, and read once it is whole", async () => {
  const { url } = kept(await freshDatabase());
  const watcher = await watch(url, "--no-site");
  const file = join(watcher.folder, "slow.ndjson");
  const line = (no: number): string =>
    `${JSON.stringify({ device_id: `D-${no}`, region: "Europe", battery_voltage: 12.7, signal_strength: 70, update_status: "Partial" })}\n`;
  for (let no = 0; no < 8; no++) {
    await appendFile(file, line(no));
    await pause(400);
    expect(await watcher.metric('sentinel_watch_files_total{result="stored"}')).toBe(0);
  }
  expect(await watcher.metric("sentinel_watch_files_waiting")).toBe(1);
  await until("it is decided", async () => (await watcher.metric("sentinel_watch_devices_decided_total")) === 8);
  expect(await query(url, "SELECT device_count::int AS devices FROM campaign")).toEqual([{ devices: 8 }]);
});

test("what other commands store or release is recovered, what they do themselves is left to them", async () => {
  const { url } = kept(await freshDatabase());
  await watch(url, "--no-site");
  await succeed(["generate", "--devices", "600", "--campaign", "theirs"], url);
  await until("theirs is validated", async () => (await held(url)) === 1);
  const undecided = "SELECT count(*)::int AS devices FROM ota_logs WHERE update_status = 'Partial'";
  expect(await query(url, undecided)).toEqual([{ devices: 0 }]);
  await succeed(["pipeline", "--devices", "500", "--fault-rate", "0.1", "--campaign", "whole", "--no-site"], url);
  const passes = "SELECT max(pass) AS pass FROM batch_ledger WHERE stage = 'recover' AND campaign_id = 2";
  expect(await query(url, passes)).toEqual([{ pass: 1 }]);
  const [place] = await query(
    url,
    "SELECT device_id, version FROM triage_queue WHERE campaign_id = 2 ORDER BY device_id LIMIT 1",
  );
  await succeed(["triage", "release", String(place?.device_id), "--why", "look again"], url);
  await until("it is decided again", async () => (await query(url, passes))[0]?.pass === 2);
  await until("and validated", async () => {
    const outdated = await query(
      url,
      "SELECT FROM validation_result WHERE campaign_id = 2 AND checked_at < (SELECT max(finished_at) FROM batch_ledger)",
    );
    return outdated.length === 0;
  });
  expect(await query(url, undecided)).toEqual([{ devices: 0 }]);
  expect(await held(url)).toBe(2);
});

test("a server that goes away is waited for, told of by 503 and the heartbeat, and worked on when it is back", async () => {
  const server = await ownServer();
  try {
    const { url } = await server.database();
    const watcher = await watch(url, "--no-site");
    await until("it is well", async () => (await watcher.get("/health")).status === 200);
    land(watcher, "before.csv", HEAD + LINES[1]);
    await until("before.csv is reported", async () => (await watcher.metric("sentinel_watch_reports_total")) === 1);
    await server.kill();
    await until("it says so", async () => (await watcher.get("/health")).status === 503);
    expect(await (await watcher.get("/health")).text()).not.toMatch(/password|:\/\/[^/]*:/);
    const heart = (): Record<string, unknown> =>
      JSON.parse(readFileSync(join(checkout.root, "data", "local", "watch.json"), "utf8")) as Record<string, unknown>;
    await until("the heart beats on", async () => heart().ok === false);
    const beat = heart().beat_at;
    await until("and on", async () => heart().beat_at !== beat);
    expect(await watcher.metric("sentinel_watch_database_up")).toBe(0);
    land(watcher, "after.csv", HEAD + LINES[2]);
    await server.start();
    await until("after.csv is reported", async () => (await watcher.metric("sentinel_watch_reports_total")) === 2);
    expect((await watcher.get("/health")).status).toBe(200);
    expect(heart().ok).toBe(true);
    expect(await watcher.metric("sentinel_watch_database_losses_total")).toBe(1);
    expect(await held(url)).toBe(2);
    const { stderr } = await stop(watcher, "SIGINT");
    expect(stderr).not.toContain("This is a bug");
    expect(heart()).toMatchObject({ stopped: true });
  } finally {
    await server.stop();
  }
});

test("what stands in the way is told of by 503, and done once it is out of it", async () => {
  const { url } = kept(await freshDatabase());
  const watcher = await watch(url, "--no-site");
  await query(url, "ALTER TABLE decision_rule RENAME TO taken_away");
  land(watcher, "one.csv", HEAD + LINES[1]);
  const says = async (text: string): Promise<boolean> => (await (await watcher.get("/health")).text()).includes(text);
  await until("it says so", () => says("is not as this version makes it"));
  expect((await watcher.get("/health")).status).toBe(503);
  await query(url, "ALTER TABLE taken_away RENAME TO decision_rule");
  await until("it is validated", async () => (await held(url)) === 1);
  await until("all is well", async () => (await watcher.get("/health")).status === 200);
  expect(watcher.said().match(/Trying again/g)).toHaveLength(1);
});

test("the endpoint speaks the format of Prometheus line by line, to this machine alone", async () => {
  const { url } = kept(await freshDatabase());
  const watcher = await watch(url, "--no-site");
  const response = await watcher.get("/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  expect(text.endsWith("\n")).toBe(true);
  const declared = new Map<string, string>();
  for (const line of text.trimEnd().split("\n")) {
    const help = /^# HELP ([a-z_]+) [A-Z0-9].*\.$/.exec(line);
    const type = /^# TYPE ([a-z_]+) (counter|gauge)$/.exec(line);
    const sample = /^([a-z_]+)(\{[a-z]+="[a-z]+"\})? (-?[0-9.]+(e[+-]?[0-9]+)?)$/.exec(line);
    expect(help ?? type ?? sample, line).not.toBeNull();
    if (type) declared.set(type[1] ?? "", type[2] ?? "");
    if (sample) expect([...declared.keys()].at(-1), line).toBe(sample[1]);
  }
  for (const [name, type] of declared) expect(name.endsWith("_total"), name).toBe(type === "counter");
  expect((await watcher.get("/other")).status).toBe(404);
  expect(await askedAs("elsewhere.example", watcher.port)).toBe(403);
  expect(await askedAs(`localhost:${watcher.port}`, watcher.port)).toBe(200);
  expect((await fetch(`http://127.0.0.1:${watcher.port}/metrics`, { method: "POST" })).status).toBe(405);
  const second = await start(
    ["pipeline", "--watch", "--metrics", String(watcher.port)],
    { DATABASE_URL: url },
    checkout.root,
  ).ended;
  expect(second.code).toBe(2);
  expect(second.stderr).toContain(`Port ${watcher.port} is in use.`);
});

test("SIGTERM in a batch ends it with that batch, resumable; a second one ends it at once; the next watcher goes on", async () => {
  const { url } = kept(await freshDatabase());
  const barrier = await holdBatches(url, "NEW.stage = 'recover'");
  const first = await watch(url, "--no-site");
  land(first, "one.csv", HEAD + LINES.join(""));
  await barrier.reached();
  first.process.kill("SIGTERM");
  await first.says("Stopping once the batches under way are stored");
  const { code, stderr } = await stop(first);
  expect(code).toBe(143);
  expect(stderr).not.toContain("This is a bug");
  await barrier.abort();
  await barrier.close();
  await settled(url);
  expect(await query(url, "SELECT stage FROM batch_ledger")).toEqual([{ stage: "generate" }]);
  const second = await watch(url, "--no-site", "--from", first.folder);
  await until("it is decided", async () => (await second.metric("sentinel_watch_devices_decided_total")) === 2);
  await until(
    "and the file is known",
    async () => (await second.metric('sentinel_watch_files_total{result="known"}')) === 1,
  );
  expect(await held(url)).toBe(1);
  const again = await holdBatches(url, "NEW.stage = 'recover'");
  land(first, "two.csv", HEAD + LINES[1]);
  await again.reached();
  second.process.kill("SIGINT");
  await second.says("Stopping once the batches under way are stored");
  await again.pass();
  const end = await stop(second, "SIGCONT");
  expect(end.code).toBe(130);
  expect(end.stderr).toMatch(/npm run pipeline -- --watch --from [^\n]*$/m);
  await settled(url);
  expect(await query(url, "SELECT stage FROM batch_ledger WHERE campaign_id = 2 ORDER BY stage")).toEqual([
    { stage: "generate" },
    { stage: "recover" },
  ]);
  await again.close();
});

test("the site shows what came last", { timeout: 240_000 }, async () => {
  const { url } = kept(await freshDatabase());
  // A build takes long on a busy machine, and between the old folder and the new one there is a moment without.
  const shows = (name: string): Promise<void> =>
    vi.waitFor(async () => expect(await readFile(join(checkout.root, "dist", "index.html"), "utf8")).toContain(name), {
      timeout: 110_000,
      interval: 200,
    });
  const first = await watch(url);
  land(first, "spring.csv", HEAD + LINES.join(""));
  await shows("import-spring-");
  land(first, "autumn.csv", HEAD + LINES.slice(1).join(""));
  await shows("import-autumn-");
});
