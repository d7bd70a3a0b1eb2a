import { PassThrough } from "node:stream";
import { beforeAll, expect, test } from "vitest";
import { reference } from "../pipelines/reference.ts";
import { until } from "./support/barrier.ts";
import { command, done, PROJECT, stages, triage } from "./support/command.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "./support/database.ts";
import { cloned, digestOf, query } from "./support/fleet.ts";

const keep = keptDatabases();
let sick: TestDatabase;
beforeAll(async () => {
  sick = keep(await freshDatabase());
  await stages(sick.url, { devices: 1000, batchSize: 500, faultRate: 0.1 });
});

const ENTER = "\r";
const [CLEAR, LEAVE] = ["\u001b[H\u001b[2J", "\u001b[?1049l"];

/** A person at a keyboard: what they type, and what they see then. */
function person(url: string, words: string[] = [], options = {}, inputs = reference(PROJECT)) {
  const input = Object.assign(new PassThrough(), { isRaw: false, setRawMode: (on: boolean) => (input.isRaw = on) });
  let seen = "";
  const output = Object.assign(new PassThrough(), { columns: 120, rows: 30 });
  output.on("data", (bytes) => {
    seen += String(bytes);
  });
  const ended = command(
    "triage",
    url,
    { by: "hand", ...options },
    { words, terminal: { input, output }, reference: inputs },
  );
  const screen = (): string => seen.split(CLEAR).at(-1) ?? "";
  return {
    screen,
    ended,
    input,
    seen: () => seen,
    sees: (text: string) => until(`the screen shows ${text}: ${screen()}`, async () => screen().includes(text)),
    type: (keys: string) => void input.write(keys),
  };
}
const open = async (url: string) =>
  query<{ device_id: string; rule_id: string; field: string }>(
    url,
    "SELECT device_id, rule_id, field FROM triage_queue WHERE state = 'open' ORDER BY rule_id, device_id",
  );
const copy = async (): Promise<string> => keep(await cloned(sick)).url;
const entries = (url: string) =>
  query(url, "SELECT verb, decided_by, why FROM triage_decision ORDER BY decided_at, version");

test("keys move, show, filter and decide; u takes back; q leaves the terminal as it was", async () => {
  const url = await copy();
  const before = await digestOf(url);
  const places = await open(url);
  const [one, two, three] = places as [(typeof places)[0], (typeof places)[0], (typeof places)[0]];
  const she = person(url);
  await she.sees(`${places.length} devices wait`);
  expect(she.input.isRaw).toBe(true);
  expect(she.screen()).toContain(`> ${one.device_id}`);
  she.type("jj");
  await she.sees(`> ${three.device_id}`);
  she.type("k");
  await she.sees(`> ${two.device_id}`);
  she.type(ENTER);
  await she.sees("expected a number from");
  she.type("\u001b[A"); // The arrow up.
  await she.sees(`> ${one.device_id}`);

  she.type("r");
  await she.sees("reject, why: _");
  she.type("scrappef\u007fd");
  await she.sees("reject, why: scrapped_");
  she.type(ENTER);
  await she.sees(`${one.device_id}: reject is stored`);
  expect(she.screen()).toContain(`${places.length - 1} devices wait`);
  she.type(`l${ENTER}`);
  await she.sees("It needs a reason");
  she.type(`a${"as it is"}${ENTER}`);
  await she.sees(`${two.device_id}: accept is stored`);
  she.type("u");
  await she.sees(`${two.device_id}: is open again`);
  she.type("u");
  await she.sees(`${one.device_id}: is open again`);
  expect(await digestOf(url)).toBe(before);
  she.type("u");
  await she.sees("Nothing was decided here yet");

  she.type(`/signal_dropped${ENTER}`);
  await she.sees('with "signal_dropped"');
  const dropped = places.find(({ rule_id }) => rule_id === "signal_dropped");
  expect(she.screen()).toContain(`> ${dropped?.device_id}`);
  she.type("f");
  await she.sees("new value of signal_strength: _");
  she.type(`-7${ENTER}measured${ENTER}`);
  await she.sees("breaks signal_out_of_range: it must be a number from 0 to 100 %");
  she.type(`f61${ENTER}measured${ENTER}`);
  await she.sees(`${dropped?.device_id}: fix is stored`);
  she.type("q");
  const { error, events } = await she.ended;
  expect(error).toBeUndefined();
  expect(events).toEqual([]);
  expect(she.seen().split(CLEAR).at(-1)).toContain(LEAVE);
  expect(she.input.isRaw).toBe(false);
  expect(await entries(url)).toEqual([
    { verb: "reject", decided_by: "hand", why: "scrapped" },
    { verb: "accept", decided_by: "hand", why: "as it is" },
    { verb: "reopen", decided_by: "hand", why: null },
    { verb: "reopen", decided_by: "hand", why: null },
    { verb: "fix", decided_by: "hand", why: "measured" },
  ]);
  await done("recover", url);
  expect((await command("validate", url)).error).toBeUndefined();
});

test("what a rule proposes is shown, and p takes it", async () => {
  const url = await copy();
  const usual = reference(PROJECT).rules("default");
  const repair = { kind: "map", values: { "-999": "50" } } as const;
  const rules = usual.rules.map((rule) => (rule.id === "signal_dropped" ? { ...rule, repair } : rule));
  const she = person(url, [], {}, { ...reference(PROJECT), rules: () => ({ ...usual, rules }) });
  await she.sees("p proposed");
  she.type("p");
  await she.sees("No rule proposes a value for it.");
  she.type(`/signal_dropped${ENTER}`);
  await she.sees('signal_strength "-999" -> 50');
  she.type(ENTER);
  await she.sees("proposed: signal_strength -999 -> 50");
  she.type("p");
  await she.sees("fix, why: _");
  she.type(`the usual${ENTER}`);
  await she.sees("fix is stored");
  she.type("q");
  await she.ended;
  expect(await query(url, "SELECT field, value FROM telemetry_amendment")).toEqual([
    { field: "signal_strength", value: "50" },
  ]);
  expect(await entries(url)).toEqual([{ verb: "fix", decided_by: "hand", why: "the usual" }]);
});

test("two people: the second is told who was first, and sees the queue as it is", async () => {
  const url = await copy();
  const [one] = await open(url);
  const [anna, ben] = [person(url, ["work"], { by: "anna" }), person(url, [], { by: "ben" })];
  await anna.sees("wait for a person");
  await ben.sees("wait for a person");
  anna.type(`rhers${ENTER}`);
  await anna.sees("reject is stored");
  ben.type(`lhis${ENTER}`);
  await ben.sees(`${one?.device_id}: anna, `);
  expect(ben.screen()).toContain("decided meanwhile (reject)");
  expect(ben.screen()).not.toContain(`> ${one?.device_id}`);
  anna.input.end();
  ben.type("\u0003");
  expect((await anna.ended).error).toBeUndefined();
  expect((await ben.ended).error).toBeUndefined();
});

test("what a device sent does nothing to the terminal", async () => {
  const url = await copy();
  await query(
    url,
    'UPDATE triage_queue SET findings = \'[{"rule": "x", "field": "y", "raw": "\\u001b]0;owned\\u0007"}]\', raw_value = convert_to(E\'\\x1b[31mred\\u202e\', \'UTF8\')',
  );
  const she = person(url);
  await she.sees("wait for a person");
  she.type(ENTER);
  await she.sees("breaks x");
  for (const line of she.screen().split("\r\n")) {
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(line.length).toBeLessThanOrEqual(120);
  }
  she.type("q");
  await she.ended;
});

test("without a terminal there is a list, and work says what to do instead", async () => {
  const listed = await triage(sick.url, []);
  expect(listed.events[0]).toMatchObject({ event: "triage" });
  expect((await triage(sick.url, ["work"])).error).toMatchObject({
    exitCode: 2,
    message: "There is no terminal to work the queue in.",
  });
});

test("an empty queue says so to every key", async () => {
  const url = await copy();
  await triage(url, ["reject"], { all: true, yes: true, why: "none of it" });
  const she = person(url, ["work"]);
  await she.sees("0 devices wait");
  for (const key of ["j", "k", ENTER, "f", "a", "r", "l", "/", "\u001b[B"]) she.type(key);
  she.type(ENTER);
  she.type("f");
  await she.sees("Nothing is left to decide");
  she.type("q");
  expect((await she.ended).error).toBeUndefined();
});
