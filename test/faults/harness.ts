import { type Barrier, holdBatches, settled } from "../support/barrier.ts";
import { type Ended, start, succeed } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { cloned, digestOf, query } from "../support/fleet.ts";
import { type Condition, type FaultProxy, faultProxy, type Strike } from "../support/proxy.ts";
import { type End, type Fault, type Scenario, STAGES, type Stage, WORDS } from "./scenario.ts";

/** What scenarios begin from and are held against, by stage. */
export interface Ground {
  /** The database before the stage. */
  readonly before: TestDatabase;
  /** What the stage ends with where nothing breaks. */
  readonly digest: string;
  /** Round trips to the database that it takes with one worker. */
  readonly roundTrips: number;
}

/** Runs each stage once, unbroken. */
export async function breakGround(): Promise<Readonly<Record<Stage, Ground>>> {
  const ground = {} as Record<Stage, Ground>;
  let database = await freshDatabase();
  for (const stage of STAGES) {
    const before = database;
    database = await cloned(before);
    const proxy = await faultProxy(database.url);
    await succeed([...WORDS[stage], "--workers", "1"], proxy.url);
    ground[stage] = { before, digest: await digestOf(database.url), roundTrips: proxy.roundTrips };
    await proxy.close();
  }
  await database.drop();
  return ground;
}

/** Longer than the patience of any command: whoever has not ended then hangs. */
export const PATIENCE_MS = 100_000;

/** What is played with, where it is not this checkout and the usual patience. */
export interface Playing {
  /** Folder of the program. */
  readonly root?: string;
  readonly patienceMs?: number;
}

/**
 * Plays a scenario and holds its end against that of an unbroken run.
 * @returns what is wrong with it: nothing, where the promises hold.
 */
export async function play(
  { stage, fault, end }: Scenario,
  { before, digest }: Ground,
  playing: Playing = {},
): Promise<string[]> {
  const database = await cloned(before);
  const place: Place = { ...playing, url: database.url };
  try {
    const broken = await inflict(fault, stage, place);
    const wrong = [...(broken.beside ?? []), ...wrongEnd(broken, end), ...leaks(broken, database.url)];
    if (wrong.length > 0) return wrong;
    // Who ends in success has done it all: nothing is left for the second time.
    if (broken.code === 0)
      wrong.push(...(await kept(stage, place, digest)).map((what) => `it ends with 0, and yet ${what}`));
    if (wrong.length > 0) return wrong;
    const again = await bounded(begin([...WORDS[stage], "--workers", "1"], place), place);
    if (again.code !== 0) return [`done again without the fault, it ends with ${again.code}: ${again.stderr}`];
    return await kept(stage, place, digest);
  } finally {
    await database.drop();
  }
}

/** Where a command runs, and on what. */
interface Place extends Playing {
  readonly url: string;
}

/** A mute server is one within two seconds. */
const begin = (words: readonly string[], { url, root }: Place): Command =>
  start(words, { DATABASE_URL: url, PGCONNECT_TIMEOUT: "2" }, root);

/** How a command ended under a fault; `struck` where the fault can miss. */
interface Broken extends Ended {
  readonly struck: boolean;
  /** What went wrong beside the command. */
  readonly beside?: readonly string[];
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
  killed: [],
};

/** What a command says must not hold the password. */
function leaks({ stdout, stderr }: Ended, url: string): string[] {
  const { password } = new URL(url);
  return password !== "" && `${stdout}${stderr}`.includes(password)
    ? [`it tells the password: ${stdout}${stderr}`]
    : [];
}

/** What is not as an unbroken run leaves it. */
async function kept(stage: Stage, place: Place, digest: string): Promise<string[]> {
  const found = await digestOf(place.url);
  const other = found === digest ? [] : [`the digest is ${found}, not ${digest}`];
  return [...(await promises(stage, place)), ...other];
}

/** After recovery every promise; before it, that nothing is stored which the ledger does not know of. */
async function promises(stage: Stage, place: Place): Promise<string[]> {
  if (stage === "recover") {
    const { code, stdout } = await bounded(begin(["validate"], place), place);
    return code === 0 ? [] : [`promises are broken: ${stdout}`];
  }
  const [sums] = await query<{ ledger: string; stored: string }>(
    place.url,
    `SELECT concat_ws(', ', sum(rows) FILTER (WHERE stage = 'generate'), sum(rows) FILTER (WHERE stage = 'corrupt')) AS ledger,
       concat_ws(', ', (SELECT count(*) FROM stored_report), (SELECT nullif(count(*), 0) FROM fault_ledger)) AS stored
     FROM batch_ledger`,
  );
  return sums?.ledger === sums?.stored ? [] : [`stored are ${sums?.stored} rows, entered ${sums?.ledger}`];
}

/** Runs the stage while the fault is there, and takes the fault away. */
function inflict(fault: Fault, stage: Stage, place: Place): Promise<Broken> {
  const words = (workers = 1): string[] => [...WORDS[stage], "--workers", String(workers)];
  const at = (batch: number): string => `NEW.stage = '${stage}' AND NEW.batch_no = ${batch}`;
  switch (fault.kind) {
    case "link":
      return overProxy(words(), place, fault.strike);
    case "condition":
      return overProxy(words(), place, undefined, fault.condition);
    case "kill":
      return held(words(fault.workers), place, at(fault.batch), async (command, barrier) => {
        command.signal("SIGKILL");
        await command.ended;
        await (fault.commits ? barrier.pass() : barrier.abort());
      });
    case "backend":
      return held(words(fault.workers), place, `${at(fault.batch)} AND ${once()}`, (_, barrier) => barrier.abort());
    case "signal":
      return held(words(), place, at(fault.batch), async (command, barrier) => {
        command.process.kill(fault.signal);
        await command.says("Stopping once the batches under way are stored");
        await barrier.pass();
      });
    case "rival":
      return held(words(), place, `${at(fault.batch)} AND ${once()}`, async (_, barrier) => {
        const rival = await bounded(begin(words(), place), place);
        await barrier.pass();
        return rival.code === 3 ? [] : [`a second command ends with ${rival.code}: ${rival.stderr}`];
      });
    case "state":
      return raising(words(), place, fault);
    case "connections":
      return asOrdinary(place, (limited) =>
        under(words(), limited, place.url, {
          set: "CONNECTION LIMIT 1",
          reset: "CONNECTION LIMIT -1",
          says: /too many connections/,
        }),
      );
    case "read_only":
      return under(words(), place, place.url, {
        set: "SET default_transaction_read_only = on",
        reset: "RESET default_transaction_read_only",
        says: /is read-only/,
      });
  }
}

/** True for the first session that asks. */
const once = (): string => "nextval('fault_times') = 1";

async function overProxy(
  words: readonly string[],
  place: Place,
  strike: Strike | undefined,
  condition: Condition = {},
): Promise<Broken> {
  const proxy: FaultProxy = await faultProxy(place.url, strike, condition);
  try {
    const ended = await bounded(begin(words, { ...place, url: proxy.url }), place);
    return { ...ended, struck: strike === undefined || proxy.struck };
  } finally {
    await proxy.close();
  }
}

type Command = ReturnType<typeof start>;

/** Runs until the server holds the command, and does something to it there, which may return what is wrong. */
async function held(
  words: readonly string[],
  place: Place,
  condition: string,
  act: (command: Command, barrier: Barrier) => Promise<unknown>,
): Promise<Broken> {
  const { url } = place;
  await query(url, "CREATE SEQUENCE fault_times");
  const barrier = await holdBatches(url, condition);
  const command = begin(words, place);
  const early = command.ended.then(() => "ended" as const);
  const struck = (await Promise.race([barrier.reached(), early])) !== "ended";
  const found = struck ? await act(command, barrier).catch((error: Error) => [error.message]) : undefined;
  const beside = Array.isArray(found) ? (found as string[]) : [];
  if (beside.length > 0) await barrier.pass();
  const ended = await bounded(command, place);
  await settled(url);
  await barrier.close();
  await query(url, "DROP SEQUENCE fault_times");
  return { ...ended, struck, beside };
}

/** Has the server answer a statement with an error. */
async function raising(
  words: readonly string[],
  place: Place,
  { state, on, times }: Extract<Fault, { kind: "state" }>,
): Promise<Broken> {
  const { url } = place;
  const table = on.split(" ON ")[1];
  await query(
    url,
    `CREATE SEQUENCE fault_times;
     CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     BEGIN
       IF nextval('fault_times') <= ${times} THEN RAISE EXCEPTION 'planted' USING ERRCODE = '${state}'; END IF;
       RETURN NEW;
     END $$;
     CREATE TRIGGER fault BEFORE ${on} FOR EACH ROW EXECUTE FUNCTION fault()`,
  );
  const ended = await bounded(begin(words, place), place);
  const [counted] = await query<{ struck: boolean }>(url, "SELECT is_called AS struck FROM fault_times");
  await settled(url);
  await query(url, `DROP TRIGGER fault ON ${table}; DROP FUNCTION fault(); DROP SEQUENCE fault_times`);
  return { ...ended, struck: counted?.struck ?? false };
}

/** How a database is altered and altered back, and the word by which the command tells that it met that. */
interface Setting {
  readonly set: string;
  readonly reset: string;
  readonly says: RegExp;
}

/** Runs while the database is set otherwise, by a session of its owner. */
async function under(words: readonly string[], place: Place, owner: string, setting: Setting): Promise<Broken> {
  const name = new URL(owner).pathname.slice(1);
  const alter = (text: string) => query(elsewhere(owner), `ALTER DATABASE ${name} ${text}`);
  await alter(setting.set);
  try {
    const ended = await bounded(begin(words, place), place);
    return { ...ended, struck: setting.says.test(ended.stderr) };
  } finally {
    await alter(setting.reset);
  }
}

const elsewhere = (url: string): string => Object.assign(new URL(url), { pathname: "/postgres" }).href;

/** Lends a user with the owner's rights whom limits concern, which a superuser passes by. */
async function asOrdinary(place: Place, work: (place: Place) => Promise<Broken>): Promise<Broken> {
  const { username: owner, pathname } = new URL(place.url);
  const name = `user_${pathname.slice(1)}`;
  const password = "ordinary";
  await query(place.url, `CREATE ROLE ${name} LOGIN PASSWORD '${password}' IN ROLE ${owner}`);
  try {
    return await work({ ...place, url: Object.assign(new URL(place.url), { username: name, password }).href });
  } finally {
    await settled(place.url);
    await query(place.url, `REASSIGN OWNED BY ${name} TO ${owner}; DROP OWNED BY ${name}; DROP ROLE ${name}`);
  }
}

/** Waits for a command, and kills one that hangs. */
async function bounded(command: Command, { patienceMs = PATIENCE_MS }: Playing): Promise<Ended> {
  const timer = setTimeout(() => command.signal("SIGKILL"), patienceMs);
  try {
    return await command.ended;
  } finally {
    clearTimeout(timer);
  }
}
