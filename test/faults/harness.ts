import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faultProxy } from "../../pipelines/chaos/proxy.ts";
import { type Ended, succeed } from "../support/cli.ts";
import { command, typed } from "../support/command.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { cloned, digestOf, everyRow, query } from "../support/fleet.ts";
import { type ExportGround, exportGround } from "./exports.ts";
import { inflict } from "./inflict.ts";
import { type Broken, begin, bounded, type Place, type Playing } from "./place.ts";
import { atDesk, BEFORE, type End, isExport, type Scenario, type Stage, wordsOf } from "./scenario.ts";
import { correctedQueue } from "./sheet.ts";

/** What scenarios begin from and are held against, by stage. */
export interface Ground {
  /** The database before the stage. */
  readonly before: TestDatabase;
  /** What the stage ends with where nothing breaks. */
  readonly digest: string;
  /** What it has entered into the audit of triage then. */
  readonly audit: string;
  /** Round trips to the database that it takes with one worker. */
  readonly roundTrips: number;
  /** The folder of an export or a corrected queue, for a scenario that writes or reads one. */
  file(): string;
  /** What an export is held against. */
  readonly exported: ExportGround | undefined;
  /** Drops and removes all of it. */
  leave(): Promise<void>;
}

/** Runs a stage once, unbroken, on the server of this run or another one, after all that has to be done before. */
export async function breakGround(stage: Stage, { server, root }: Playing = {}): Promise<Ground> {
  const fresh = (): Promise<TestDatabase> => server?.database() ?? freshDatabase();
  const shelf = mkdtempSync(join(tmpdir(), "sentinel-faults-"));
  const file = join(shelf, "export");
  let before = await fresh();
  for (const earlier of BEFORE[stage]) {
    if (earlier === "sheet") await correctedQueue(before.url, file);
    const { error } = await typed(wordsOf(earlier, { file }), before.url);
    if (error) throw error;
  }
  if (stage === "sheet") await correctedQueue(before.url, file);
  if (stage === "restore") {
    await before.drop();
    before = await fresh();
  }
  const made = isExport(stage) ? join(shelf, "made") : file;
  const after = await cloned(before);
  const proxy = await faultProxy(after.url);
  await succeed(wordsOf(stage, { file: made }), proxy.url, root);
  await proxy.close();
  const [digest, audit] = [await digestOf(after.url), await auditOf(after.url)];
  await after.drop();
  const exported = isExport(stage) ? await exportGround(stage, shelf, made, file) : undefined;
  return {
    before,
    digest,
    audit,
    roundTrips: proxy.roundTrips,
    file: () => exported?.place() ?? file,
    exported,
    leave: async () => {
      await before.drop();
      rmSync(shelf, { recursive: true, force: true });
    },
  };
}

/**
 * Plays a scenario and holds its end against that of an unbroken run.
 * @returns what is wrong with it: nothing, where the promises hold.
 */
export async function play({ stage, fault, end }: Scenario, ground: Ground, playing: Playing = {}): Promise<string[]> {
  const database = await cloned(ground.before);
  const place: Place = { ...playing, url: database.url, file: ground.file() };
  const wrong = await judged({ stage, fault, end }, ground, place).catch(thrown);
  // Where the server is gone, the database can't be dropped either, which is not what went wrong first.
  wrong.push(...(await database.drop().then(() => [], thrown)));
  if (wrong.length > 0 && playing.server) wrong.push(`the log of its server ends so: ${playing.server.log()}`);
  return wrong;
}

const thrown = (error: Error): string[] => [error.stack ?? error.message];

async function judged({ stage, fault, end }: Scenario, ground: Ground, place: Place): Promise<string[]> {
  const broken = await inflict(fault, stage, place);
  const wrong = [...(broken.beside ?? []), ...wrongEnd(broken, end), ...leaks(broken, place.url)];
  wrong.push(...((await ground.exported?.torn(place.file ?? "")) ?? []));
  if (wrong.length > 0) return wrong;
  return [
    ...(await (broken.code === 0 ? doneAlready : doneAgain)(stage, place, ground)),
    ...(await recovered(stage, place)),
  ];
}

/** What is wrong where the command ended in success: it has done it all, and the same command finds nothing to do. */
async function doneAlready(stage: Stage, place: Place, ground: Ground): Promise<string[]> {
  const wrong = await kept(stage, place, ground);
  if (wrong.length > 0) return wrong.map((what) => `it ends with 0, and yet ${what}`);
  const rows = await everyRow(place.url);
  const ended = await again(stage, place);
  if (ended.length > 0) return ended;
  const after = Object.entries(await everyRow(place.url)).filter(([table, content]) => rows[table] !== content);
  const changed = after.map(([table, content]) => `done again, it changes ${table} from ${rows[table]} to ${content}`);
  return [...changed, ...((await ground.exported?.wanting(place.file ?? "")) ?? [])];
}

/** What is wrong once the same command has done what was left. */
async function doneAgain(stage: Stage, place: Place, ground: Ground): Promise<string[]> {
  const ended = await again(stage, place);
  return ended.length > 0 ? ended : kept(stage, place, ground);
}

async function again(stage: Stage, place: Place): Promise<string[]> {
  const failure = await failureOf(wordsOf(stage, place), place);
  return failure === undefined ? [] : [`done again without the fault, it fails: ${failure}`];
}

/** Runs a command under no fault: in this process, unless the program is another one. */
async function failureOf(words: readonly string[], place: Place): Promise<string | undefined> {
  if (place.root === undefined) return (await typed(words, place.url)).error?.message;
  const { code, stderr } = await bounded(begin(words, place), place);
  return code === 0 ? undefined : `${code}: ${stderr}`;
}

function wrongEnd({ code, stderr, struck }: Broken, end: End): string[] {
  const said = `it ends with ${code}: ${stderr}`;
  if (!struck) return [`the fault never struck; ${said}`];
  if (/\n\s+at .*:\d+:\d+/.test(stderr)) return [`it shows a stack trace: ${stderr}`];
  if (code === null) return end === "killed" ? [] : [`it was killed, or hangs: ${stderr}`];
  return EXITS[end].includes(code) ? [] : [`${said}, instead of ${EXITS[end].join(" or ")}`];
}

const EXITS: Readonly<Record<End, readonly number[]>> = {
  succeeds: [0],
  succeeds_or_resumable: [0, 3, 5],
  interrupted: [130, 143],
  halts: [3, 5],
  refused: [2],
  killed: [],
};

/** What a command says must not hold the password. */
function leaks({ stdout, stderr }: Ended, url: string): string[] {
  const { password } = new URL(url);
  return password !== "" && `${stdout}${stderr}`.includes(password)
    ? [`it tells the password: ${stdout}${stderr}`]
    : [];
}

/** The places in triage and what was decided on them, without who did it when. */
async function auditOf(url: string): Promise<string> {
  const [found] = await query<{ audit: string }>(
    url,
    `SELECT concat_ws(', ', count(e.version) || ' entries',
       md5(string_agg(concat_ws('|', t.device_id, t.state, t.version, e.version, e.verb, e.why, e.before, e.after,
         e.took_rule, e.took_pass, e.gave_rule, e.gave_pass), ' ' ORDER BY t.device_id, e.version))) AS audit
     FROM triage_queue t LEFT JOIN triage_decision e USING (bucket, campaign_id, device_id)`,
  );
  return found?.audit ?? "";
}

/** What is not as an unbroken run leaves it. */
async function kept(stage: Stage, place: Place, { digest, audit, exported }: Ground): Promise<string[]> {
  const found = await digestOf(place.url);
  const other = found === digest ? [] : [`the digest is ${found}, not ${digest}`];
  const entered = await auditOf(place.url);
  if (entered !== audit) other.push(`the audit of triage is ${entered}, not ${audit}`);
  const wanting = (await exported?.wanting(place.file ?? "")) ?? [];
  return [...(await promises(stage, place)), ...other, ...wanting];
}

/** That nothing is stored which the ledger does not know of; once recovered, every promise. */
async function promises(stage: Stage, place: Place): Promise<string[]> {
  const [sums] = await query<{ ledger: string; stored: string }>(
    place.url,
    `SELECT concat_ws(', ', sum(rows) FILTER (WHERE stage = 'generate'), sum(rows) FILTER (WHERE stage = 'corrupt')) AS ledger,
       concat_ws(', ', (SELECT count(*) FROM stored_report), (SELECT nullif(count(*), 0) FROM fault_ledger)) AS stored
     FROM batch_ledger`,
  );
  if (sums?.ledger !== sums?.stored) return [`stored are ${sums?.stored} rows, entered ${sums?.ledger}`];
  if (stage !== "recover" && stage !== "restore" && stage !== "readmit") return [];
  return validated(place);
}

/** What is wrong once recovery has acted on what was decided in triage. */
async function recovered(stage: Stage, place: Place): Promise<string[]> {
  if (!atDesk(stage)) return [];
  const failure = await failureOf(wordsOf("readmit"), place);
  return failure === undefined ? validated(place) : [`recovery after it fails: ${failure}`];
}

async function validated(place: Place): Promise<string[]> {
  const { error, events } = await command("validate", place.url);
  return error ? [`promises are broken: ${error.message} ${JSON.stringify(events)}`] : [];
}
