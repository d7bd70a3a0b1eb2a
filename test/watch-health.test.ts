import { once } from "node:events";
import { request } from "node:http";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { until } from "./support/barrier.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { query } from "./support/fleet.ts";
import { ownServer } from "./support/own-server.ts";
import { HEAD, LINES, land, validated, WatchPost } from "./support/watcher.ts";

const kept = keptDatabases();
let post: WatchPost;
beforeAll(() => {
  post = new WatchPost();
});
afterEach(() => post.quiet());
afterAll(() => post.checkout.remove());

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

test("a server that goes away is waited for, told of by 503 and the heartbeat, and worked on when it is back", async () => {
  const server = await ownServer();
  try {
    const { url } = await server.database();
    const watcher = await post.watch(url, "--no-site");
    await until("it is well", async () => (await watcher.get("/health")).status === 200);
    land(watcher, "before.csv", HEAD + LINES[1]);
    await until("before.csv is reported", async () => (await watcher.metric("sentinel_watch_reports_total")) === 1);
    await server.kill();
    await until("it says so", async () => (await watcher.get("/health")).status === 503);
    expect(await (await watcher.get("/health")).text()).not.toMatch(/password|:\/\/[^/]*:/);
    await until("the heart beats on", async () => post.heart().ok === false);
    const beat = post.heart().beat_at;
    await until("and on", async () => post.heart().beat_at !== beat);
    expect(await watcher.metric("sentinel_watch_database_up")).toBe(0);
    land(watcher, "after.csv", HEAD + LINES[2]);
    await server.start();
    await until("after.csv is reported", async () => (await watcher.metric("sentinel_watch_reports_total")) === 2);
    expect((await watcher.get("/health")).status).toBe(200);
    expect(post.heart().ok).toBe(true);
    expect(await watcher.metric("sentinel_watch_database_losses_total")).toBe(1);
    expect(await validated(url)).toBe(2);
    const { stderr } = await post.stop(watcher, "SIGINT");
    expect(stderr).not.toContain("This is a bug");
    expect(post.heart()).toMatchObject({ stopped: true });
  } finally {
    await server.stop();
  }
});

test("what stands in the way is told of by 503, and done once it is out of it", async () => {
  const { url } = kept(await freshDatabase());
  const watcher = await post.watch(url, "--no-site");
  await query(url, "ALTER TABLE decision_rule RENAME TO taken_away");
  land(watcher, "one.csv", HEAD + LINES[1]);
  const says = async (text: string): Promise<boolean> => (await (await watcher.get("/health")).text()).includes(text);
  await until("it says so", () => says("is not as this version makes it"));
  expect((await watcher.get("/health")).status).toBe(503);
  await query(url, "ALTER TABLE taken_away RENAME TO decision_rule");
  await until("it is validated", async () => (await validated(url)) === 1);
  await until("all is well", async () => (await watcher.get("/health")).status === 200);
  expect(watcher.said().match(/Trying again/g)).toHaveLength(1);
});

test("the endpoint speaks the format of Prometheus line by line, to this machine alone", async () => {
  const { url } = kept(await freshDatabase());
  const watcher = await post.watch(url, "--no-site");
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
  await post.stop(watcher);
  const other = createServer().listen(watcher.port, "127.0.0.1");
  await once(other, "listening");
  const second = await post.begin(url, "--metrics", String(watcher.port)).ended;
  other.close();
  expect(second.code).toBe(2);
  expect(second.stderr).toContain(`Port ${watcher.port} is in use.`);
});
