import { execFileSync } from "node:child_process";
import { utimesSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { until } from "./support/barrier.ts";
import { succeed } from "./support/cli.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { query } from "./support/fleet.ts";
import { HEAD, LINES, land, seriesOf, validated, WatchPost } from "./support/watcher.ts";

const kept = keptDatabases();
let post: WatchPost;
beforeAll(() => {
  post = new WatchPost();
});
afterEach(() => post.quiet());
afterAll(() => post.checkout.remove());

const statuses = (url: string) =>
  query(url, "SELECT update_status, count(*)::int AS devices FROM ota_logs GROUP BY 1 ORDER BY 1");
const campaigns = async (url: string) =>
  (await query(url, "SELECT name FROM campaign ORDER BY campaign_id")).map(({ name }) => name);

test("a file is recovered, validated and counted; again it is known; a broken one is told of once; SIGTERM ends it", async () => {
  const { url } = kept(await freshDatabase());
  const watcher = await post.watch(url, "--no-site");
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
  expect(await validated(url)).toBe(1);
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
  const { code, stderr } = await post.stop(watcher);
  expect(code).toBe(143);
  expect(stderr).toMatch(/Stopped on request\.[\s\S]*npm run pipeline -- --watch --from .*--every 100ms/);
  expect(stderr).not.toContain("This is a bug");
});

test("a file that is still being written is waited for, and read once it is whole", async () => {
  const { url } = kept(await freshDatabase());
  const watcher = await post.watch(url, "--no-site");
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
  await post.watch(url, "--no-site");
  await succeed(["generate", "--devices", "600", "--campaign", "theirs"], url);
  await until("theirs is validated", async () => (await validated(url)) === 1);
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
  expect(await validated(url)).toBe(2);
});

test("the site shows what came last", { timeout: 240_000 }, async () => {
  const { url } = kept(await freshDatabase());
  // A build takes long on a busy machine, and between the old folder and the new one there is a moment without.
  const shows = (name: string): Promise<void> =>
    vi.waitFor(
      async () => expect(await readFile(join(post.checkout.root, "dist", "index.html"), "utf8")).toContain(name),
      {
        timeout: 110_000,
        interval: 200,
      },
    );
  const first = await post.watch(url);
  land(first, "spring.csv", HEAD + LINES.join(""));
  await shows("import-spring-");
  land(first, "autumn.csv", HEAD + LINES.slice(1).join(""));
  await shows("import-autumn-");
});
