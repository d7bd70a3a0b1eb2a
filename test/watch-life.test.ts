import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { holdBatches, settled, until } from "./support/barrier.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { query } from "./support/fleet.ts";
import { HEAD, LINES, land, validated, WatchPost } from "./support/watcher.ts";

const kept = keptDatabases();
let post: WatchPost;
beforeAll(() => {
  post = new WatchPost();
});
afterEach(() => post.quiet());
afterAll(() => post.checkout.remove());

test("SIGTERM in a batch ends it with that batch, resumable; a second one ends it at once; the next watcher goes on", async () => {
  const { url } = kept(await freshDatabase());
  const barrier = await holdBatches(url, "NEW.stage = 'recover'");
  const first = await post.watch(url, "--no-site");
  land(first, "one.csv", HEAD + LINES.join(""));
  await barrier.reached();
  first.process.kill("SIGTERM");
  await first.says("Stopping once the batches under way are stored");
  const { code, stderr } = await post.stop(first);
  expect(code).toBe(143);
  expect(stderr).not.toContain("This is a bug");
  await barrier.abort();
  await barrier.close();
  await settled(url);
  expect(await query(url, "SELECT stage FROM batch_ledger")).toEqual([{ stage: "generate" }]);
  const second = await post.watch(url, "--no-site", "--from", first.folder);
  await until("it is decided", async () => (await second.metric("sentinel_watch_devices_decided_total")) === 2);
  await until(
    "and the file is known",
    async () => (await second.metric('sentinel_watch_files_total{result="known"}')) === 1,
  );
  expect(await validated(url)).toBe(1);
  const again = await holdBatches(url, "NEW.stage = 'recover'");
  land(first, "two.csv", HEAD + LINES[1]);
  await again.reached();
  second.process.kill("SIGINT");
  await second.says("Stopping once the batches under way are stored");
  await again.pass();
  const end = await post.stop(second, "SIGCONT");
  expect(end.code).toBe(130);
  expect(end.stderr).toMatch(/npm run pipeline -- --watch --from [^\n]*$/m);
  await settled(url);
  expect(await query(url, "SELECT stage FROM batch_ledger WHERE campaign_id = 2 ORDER BY stage")).toEqual([
    { stage: "generate" },
    { stage: "recover" },
  ]);
  await again.close();
});

test("of three watchers that start at once one lives, and the others are told which", async () => {
  const { url } = kept(await freshDatabase());
  const started = [1, 2, 3].map(() => post.begin(url, "--no-site"));
  const ends = started.map(({ ended }, no) => ended.then((end) => ({ no, ...end })));
  const one = await Promise.race(ends);
  const other = await Promise.race(ends.filter((_, no) => no !== one.no));
  const [alive] = started.filter((_, no) => no !== one.no && no !== other.no);
  await alive?.says("Watching the database");
  for (const { code, stderr } of [one, other]) {
    expect(code).toBe(2);
    expect(stderr).toContain(`This checkout has a watcher already: process ${alive?.process.pid}.`);
  }
  alive?.process.kill("SIGTERM");
  expect((await alive?.ended)?.code).toBe(143);
});

test("a second watcher of the checkout is refused and disturbs nothing; what was killed is in nobody's way", async () => {
  const { url } = kept(await freshDatabase());
  const first = await post.watch(url, "--no-site");
  const second = await post.begin(url, "--no-site").ended;
  expect(second.code).toBe(2);
  expect(second.stderr).toContain(`✗ This checkout has a watcher already: process ${first.process.pid}.`);
  expect(second.stderr).not.toContain("Watching the database");
  expect(post.heart()).toMatchObject({ pid: first.process.pid, stopped: false });
  land(first, "one.csv", HEAD + LINES.join(""));
  await until("the first one goes on", async () => (await validated(url)) === 1);
  await post.stop(first, "SIGKILL");
  expect(post.heart()).toMatchObject({ pid: first.process.pid, stopped: false });
  const third = await post.watch(url, "--no-site");
  expect(post.heart()).toMatchObject({ pid: third.process.pid });
});
