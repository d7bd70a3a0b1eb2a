import { expect, test } from "vitest";
import { command, done, stages, triage } from "../../test/support/command.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { query } from "../../test/support/fleet.ts";
import { BEFORE_TRIAGE } from "../../test/support/schema-before.ts";

const RELEASE = `
  UPDATE triage_queue SET state = 'released' WHERE device_id = (SELECT min(device_id) FROM triage_queue);
  DELETE FROM decision d USING stored_report r, triage_queue t
  WHERE t.state = 'released' AND r.device_id = t.device_id AND d.bucket = r.bucket AND d.device_no = r.device_no`;

test("a queue from before, with a place that was released by hand, can be worked", async () => {
  const { url, drop } = await freshDatabase();
  await stages(url, { devices: 1000, batchSize: 250, faultRate: 0.2 });
  await query(url, BEFORE_TRIAGE);
  await query(url, RELEASE);
  expect((await command("triage", url)).error).toMatchObject({
    message: expect.stringContaining("older Sentinel OTA"),
  });
  const { events } = await command("validate", url);
  const broken = events.filter(({ event, passed }) => event === "check" && passed !== true).map(({ name }) => name);
  expect(broken).toEqual(["one_outcome", "rerun_changes_nothing"]);
  const places = await query(
    url,
    "SELECT state, version, count(*)::int > 0 AS some FROM triage_queue GROUP BY 1, 2 ORDER BY 1",
  );
  expect(places).toEqual([
    { state: "open", version: 1, some: true },
    { state: "released", version: 2, some: true },
  ]);
  await done("recover", url);
  await done("validate", url);
  expect(await query(url, "SELECT DISTINCT version FROM triage_queue ORDER BY 1")).toEqual([
    { version: 1 },
    { version: 3 },
  ]);
  await triage(url, ["reject"], { all: true, yes: true, why: "all of it" });
  await done("validate", url);
  await drop();
});
