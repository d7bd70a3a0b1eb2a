import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readMart } from "../loaders/mart.ts";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { type Policy, type PolicyRule, parsePolicy } from "../pipelines/domain/policy.ts";
import { type Edits, edited, knobsOf } from "../pipelines/domain/policy-edit.ts";
import { type Cell, edgesOf, type Ground, groundOf, type Move, movesBetween } from "../pipelines/domain/what-if.ts";
import { martInputs, reference } from "../pipelines/reference.ts";
import { done, PROJECT } from "./support/command.ts";
import { freshDatabase } from "./support/database.ts";

const SHIPPED = reference(PROJECT);

/** Numbers bounded on both sides, asked for by what they are and what they are not, and bounds of a model's own. */
const TWO_SIDED = parsePolicy({
  name: "two_sided",
  version: 1,
  rules: [
    { id: "no_signal", field: "signal_strength", test: { kind: "missing" }, action: "FORCE_ROLLBACK", final: true },
    {
      id: "one_try",
      field: "attempts",
      test: { kind: "equals", value: 1 },
      and: [{ field: "error_code", test: { kind: "not_one_of", values: ["low_battery"] } }],
      action: "RETRY_UPDATE",
    },
    {
      ...{
        id: "fair",
        field: "battery_voltage",
        test: { kind: "inside", min: 12.2, max: 12.66 },
        action: "RETRY_UPDATE",
      },
      ...{ by_model: { "TX-40": { min: 12 } }, backoff: { base_minutes: 5, cap_minutes: 60 } },
    },
    { id: "full", field: "battery_voltage", test: { kind: "above", value: 12.8 }, action: "RETRY_UPDATE" },
    {
      id: "small",
      field: "storage_free_mb",
      test: { kind: "outside", min: 100, max: 1000 },
      action: "FORCE_ROLLBACK",
      final: true,
    },
    { id: "otherwise", field: "battery_voltage", test: { kind: "any" }, action: "FORCE_ROLLBACK" },
  ],
});

/** Every slider to several of its stops, each line away, each code away, and a fate. */
function trials(policy: Policy): Edits[] {
  const ground = groundOf(policy) as Ground;
  return knobsOf(policy).flatMap((knob, no): Edits[] => {
    if (knob.kind === "fate") return no === 1 ? [{ [knob.key]: "never" }] : [];
    if (knob.kind !== "threshold") return [{ [knob.key]: "off" }];
    const edges = edgesOf(ground, knob.field);
    return [0, Math.floor(edges.length / 3), edges.length - 1].map((at) => ({ [knob.key]: String(edges[at]) }));
  });
}

/** Devices by what becomes of them: of the page's model, and of the engine. */
function modelled(moves: readonly Move[], key: "from" | "to"): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const move of moves) counts[move[key]] = (counts[move[key]] ?? 0) + move.devices;
  return counts;
}

async function decided(url: string, policy: Policy, rules: string): Promise<Record<string, number>> {
  const { events } = await done(
    "recover",
    url,
    { dryRun: true, rules },
    { reference: { ...SHIPPED, policy: () => policy } },
  );
  const counts: Record<string, number> = {};
  for (const { event, fate, devices } of events)
    if (event === "dry_run_decision") counts[String(fate)] = (counts[String(fate)] ?? 0) + Number(devices);
  return counts;
}

async function cellsOf(url: string, policy: Policy): Promise<Cell[]> {
  const home = mkdtempSync(join(tmpdir(), "sentinel-what-if-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const inputs = { ...martInputs(SHIPPED), policy: () => policy };
  const { path } = await refreshWarehouse({ connection: { connectionString: url }, home, ...inputs });
  return (await readMart(path, "policy_base")) as unknown as Cell[];
}

test.each([
  ["default", SHIPPED.policy("default"), 42, { rules: "default", profile: "default" }],
  ["field", SHIPPED.policy("field"), 7, { rules: "default", profile: "default" }],
  ["field, heavy chaos", SHIPPED.policy("field"), 11, { rules: "default", profile: "storm" }],
  ["two_sided", TWO_SIDED, 3, { rules: "default", profile: "default" }],
] as const)(
  "a policy with its lines elsewhere decides on the page what recover --dry-run says: %s",
  async (_, policy, seed, { rules, profile }) => {
    const { url, drop } = await freshDatabase();
    onTestFinished(drop);
    await done("generate", url, { devices: 3000, seed });
    await done("corrupt", url, { seed, profile });
    const cells = await cellsOf(url, policy);
    expect(modelled(movesBetween(policy, policy, cells), "from")).toEqual(await decided(url, policy, rules));
    let moved = 0;
    for (const edits of trials(policy)) {
      const whatIf = edited(policy, edits);
      const moves = movesBetween(policy, whatIf, cells);
      moved += moves.filter(({ from, to }) => from !== to).length;
      expect(modelled(moves, "to"), JSON.stringify(edits)).toEqual(await decided(url, whatIf, rules));
    }
    expect(moved).toBeGreaterThan(3);
  },
  120_000,
);

test("once recovery has decided, the campaign's policy is that of its run, and the page has decided as it did", async () => {
  const { url, drop } = await freshDatabase();
  onTestFinished(drop);
  await done("generate", url, { devices: 2000, seed: 5 });
  await done("corrupt", url, { seed: 5 });
  await done("recover", url, { policy: "field" });
  const home = mkdtempSync(join(tmpdir(), "sentinel-what-if-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const { path } = await refreshWarehouse({ connection: { connectionString: url }, home, ...martInputs(SHIPPED) });
  const [setting] = await readMart(path, "policy_setting");
  expect(setting).toMatchObject({ policy: "field", has_decided: true, reason: null });
  const policy = SHIPPED.policy("field");
  expect(parsePolicy(JSON.parse(String(setting?.document)))).toEqual(policy);
  const moves = movesBetween(policy, policy, (await readMart(path, "policy_base")) as unknown as Cell[]);
  const { retry = 0, defer = 0, rollback = 0, never = 0, hold = 0 } = modelled(moves, "from");
  const [base] = await readMart(path, "roi_base");
  expect(base).toMatchObject({ retried: retry + defer, rolled_back: rollback + never, held: hold, undecided: 0 });
});

test("a policy that tells too many devices apart for a page is tried on none, and says so", async () => {
  const { url, drop } = await freshDatabase();
  onTestFinished(drop);
  await done("generate", url, { devices: 150_000, seed: 5 });
  const asks = (field: "signal_strength" | "storage_free_mb" | "attempts", value: number) =>
    ({ id: field, field, test: { kind: "above", value }, action: "RETRY_UPDATE" }) as const;
  const by_model = Object.fromEntries(["SG-110", "SG-220", "TX-40", "TX-80"].map((model) => [model, { value: 12.4 }]));
  const [above, otherwise] = SHIPPED.policy("default").rules as [PolicyRule, PolicyRule];
  const rules = [
    asks("signal_strength", 90),
    asks("storage_free_mb", 4000),
    asks("attempts", 9),
    { ...above, by_model },
    otherwise,
  ];
  const policy = parsePolicy({ name: "curious", version: 1, rules });
  const home = mkdtempSync(join(tmpdir(), "sentinel-what-if-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const inputs = { ...martInputs(SHIPPED), policy: () => policy };
  const { path } = await refreshWarehouse({ connection: { connectionString: url }, home, ...inputs });
  expect(await readMart(path, "policy_base")).toEqual([]);
  expect((await readMart(path, "policy_setting"))[0]?.reason).toMatch(/^It asks of so many numbers/);
});

test("a policy whose file is gone is named, and tried on nothing", async () => {
  const { url, drop } = await freshDatabase();
  onTestFinished(drop);
  await done("generate", url, { devices: 500, seed: 5 });
  await done("recover", url, { policy: "field" });
  const home = mkdtempSync(join(tmpdir(), "sentinel-what-if-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const inputs = { ...martInputs(SHIPPED), policy: () => undefined };
  const { path } = await refreshWarehouse({ connection: { connectionString: url }, home, ...inputs });
  expect(await readMart(path, "policy_setting")).toMatchObject([
    { policy: "field", document: "null", reason: "There is no policy of this name in data/policy." },
  ]);
  expect(await readMart(path, "policy_base")).toEqual([]);
});
