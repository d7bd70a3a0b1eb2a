import { type Condition, type FaultProxy, faultProxy, type Strike } from "../../pipelines/chaos/proxy.ts";
import { type Barrier, holdBatches, holdDecisions, holdReaders, settled, until } from "../support/barrier.ts";
import type { Running } from "../support/cli.ts";
import { query, session } from "../support/fleet.ts";
import { inRoom } from "./full-folder.ts";
import { type Broken, begin, bounded, type Hold, type Place } from "./place.ts";
import {
  atDesk,
  type BatchedStage,
  type ExportStage,
  type Fault,
  isExport,
  READ,
  type Stage,
  TOGETHER,
  WRITTEN,
  type WritingStage,
  wordsOf,
} from "./scenario.ts";
import { asOrdinary, exhaustLog, fallen, onFullDisk, under } from "./server-faults.ts";

/** Runs the stage while the fault is there, and takes the fault away. */
export function inflict(fault: Fault, stage: Stage, place: Place): Promise<Broken> {
  const words = (workers = 1): string[] => wordsOf(stage, { ...place, workers });
  switch (fault.kind) {
    case "link":
      return overProxy(words(), place, fault.strike);
    case "condition":
      return overProxy(words(), place, undefined, fault.condition);
    case "kill":
      return held(words(fault.workers), place, holding(stage, fault.batch), async (command, barrier) => {
        command.signal("SIGKILL");
        await command.ended;
        await (fault.commits ? barrier.pass() : barrier.abort());
      });
    case "backend":
      return held(words(fault.workers), place, holdingFirst(stage, fault.batch), (_, barrier) => barrier.abort());
    case "signal":
      return held(words(), place, holding(stage, fault.batch), async (command, barrier) => {
        command.process.kill(fault.signal);
        // What has no workers waits for no batch, and not for the server that holds it.
        if (isExport(stage) || stage === "restore" || atDesk(stage)) return void (await bounded(command, place));
        await command.says("Stopping once the batches under way are stored");
        await barrier.pass();
      });
    case "rival":
      return held(words(), place, holdingFirst(stage, fault.batch), async (_, barrier) => {
        const rival = await bounded(begin(words(), place), place);
        await barrier.pass();
        return rival.code === 3 ? [] : [`a second command ends with ${rival.code}: ${rival.stderr}`];
      });
    case "state":
      return raising(words(), place, fault);
    case "deadlock":
      return deadlocked(words(), place, stage as WritingStage | ExportStage, fault.batch);
    case "isolation":
      return under(words(2), place, place.url, {
        set: `SET default_transaction_isolation = '${fault.level}'`,
        reset: "RESET default_transaction_isolation",
      });
    case "stolen":
      return held(words(), place, holdingFirst(stage, fault.batch), async (command, barrier) => {
        command.process.kill("SIGSTOP");
        await barrier.pass();
        // Whose session is in a transaction of several messages could go on with it: nobody gets the lease before that is gone.
        await query(
          place.url,
          stage === "readmit" ? END_ALL : "SELECT pg_terminate_backend(backend_pid, 10000) FROM lease",
        );
        const thief = await bounded(begin(words(), place), place);
        command.process.kill("SIGCONT");
        return thief.code === 0 ? [] : [`who takes the lease ends with ${thief.code}: ${thief.stderr}`];
      });
    case "replaced":
      return replaced(words(), place);
    case "clock":
      return atWrongTime(words(), place, fault);
    case "postmaster":
      return fallen(words(), place, {
        hold: holding(stage, fault.batch),
        fall: ({ kill }) => kill(),
        back: fault.back,
      });
    case "disk":
      return fault.full === "rows"
        ? onFullDisk(words(), place)
        : fallen(words(), place, { hold: holding(stage, 1), fall: exhaustLog, back: false });
    case "room":
      return inRoom(words(), place, fault.bytes);
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

/** What the rows of the ledger say at which a stage is held. */
const LEDGER: Readonly<Record<BatchedStage | "restore", readonly [stage: string, pass: number]>> = {
  generate: ["generate", 1],
  import: ["generate", 1],
  corrupt: ["corrupt", 1],
  distort: ["corrupt", 1],
  recover: ["recover", 1],
  restore: ["recover", 1],
  readmit: ["recover", 2],
};

/** Holds whoever is at a batch, or reads the table that an export reads then. */
const holding = (stage: Stage, batch: number): Hold => holdingWhere(stage, batch, "");

/** Holds the first session that is at a batch, and none after it. */
const holdingFirst = (stage: Stage, batch: number): Hold =>
  holdingWhere(stage, batch, " AND nextval('fault_times') = 1");

function holdingWhere(stage: Stage, batch: number, and: string): Hold {
  if (isExport(stage)) return (url) => holdReaders(url, READ[stage][batch] as string);
  if (atDesk(stage)) return (url) => holdDecisions(url, `${decidedBefore(batch)}${and}`);
  const [name, pass] = LEDGER[stage as BatchedStage | "restore"];
  return (url) => holdBatches(url, `NEW.stage = '${name}' AND NEW.pass = ${pass} AND NEW.batch_no = ${batch}${and}`);
}

/** Decisions have no row in the ledger: how many there are tells the batch. Those before have another version. */
const decidedBefore = (batch: number): string =>
  `(SELECT count(*) FROM triage_decision d WHERE d.version = NEW.version) >= ${batch * TOGETHER}`;

async function overProxy(
  words: readonly string[],
  place: Place,
  strike: Strike | undefined,
  condition: Condition = {},
): Promise<Broken> {
  const proxy: FaultProxy = await faultProxy(place.url, strike ? [strike] : [], condition);
  try {
    const ended = await bounded(begin(words, { ...place, url: proxy.url }), place);
    return { ...ended, struck: strike === undefined || proxy.strikes > 0 };
  } finally {
    await proxy.close();
  }
}

/** Runs until the server holds the command, and does something to it there, which may return what is wrong. */
async function held(
  words: readonly string[],
  place: Place,
  hold: Hold,
  act: (command: Running, barrier: Barrier) => Promise<unknown>,
): Promise<Broken> {
  const { url } = place;
  await query(url, "CREATE SEQUENCE fault_times");
  const barrier = await hold(url);
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

/** Ends the sessions of commands. */
const END_ALL = `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'sentinel-%'`;

/** The other one is held before it comes to the batch that the first one wakes up with: the ledger would have a place for that. */
async function replaced(words: readonly string[], place: Place): Promise<Broken> {
  const { url } = place;
  const other = [...words, "--replace"];
  const barrier = await holdBatches(url, "NEW.batch_no = 1 + 2 * (SELECT count(*) FROM campaign WHERE seed = 7)");
  const command = begin([...words, "--seed", "7"], place);
  await barrier.reached();
  command.process.kill("SIGSTOP");
  // As by a link that is cut, of which it can't know yet.
  await query(url, END_ALL);
  const heir = begin(other, place);
  await barrier.reached();
  command.process.kill("SIGCONT");
  const ended = await bounded(command, place);
  await barrier.pass();
  const { code, stderr } = await bounded(heir, place);
  await barrier.close();
  await settled(url);
  const beside = code === 0 ? [] : [`who replaces the campaign ends with ${code}: ${stderr}`];
  return { ...ended, struck: /Another command took over writing/.test(ended.stderr), beside };
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
       RETURN coalesce(NEW, OLD);
     END $$;
     CREATE TRIGGER fault BEFORE ${on} FOR EACH ROW EXECUTE FUNCTION fault()`,
  );
  const ended = await bounded(begin(words, place), place);
  const [counted] = await query<{ struck: boolean }>(url, "SELECT is_called AS struck FROM fault_times");
  await settled(url);
  await query(url, `DROP TRIGGER fault ON ${table}; DROP FUNCTION fault(); DROP SEQUENCE fault_times`);
  return { ...ended, struck: counted?.struck ?? false };
}

/**
 * Enters the batch beforehand, or locks the places in triage or the table that is read then, uncommitted, so that the command has to wait, and then asks for the table that it holds. The server ends one
 * of such two: the one that has waited longer than its patience. The command gets some, too: it looks for a deadlock once, and on a busy machine the rival takes its time.
 */
async function deadlocked(
  words: readonly string[],
  place: Place,
  stage: WritingStage | ExportStage,
  batch: number,
): Promise<Broken> {
  const [table] = isExport(stage) ? READ[stage] : WRITTEN[stage];
  return session(place.url, async (rival) => {
    await rival.query(PATIENT_DATABASE);
    await rival.query("SET deadlock_timeout = '1min'; BEGIN");
    await rival.query(inTheWay(stage, batch));
    const command = begin(words, place);
    await until("the command waits", async () => (await query(place.url, WAITING_COMMANDS)).length > 0);
    await rival.query(`LOCK TABLE ${table} IN ${isExport(stage) ? "ACCESS EXCLUSIVE" : "SHARE"} MODE`);
    await rival.query("ROLLBACK");
    const ended = await bounded(command, place);
    return { ...ended, struck: /deadlock detected/.test(ended.stderr) };
  });
}

function inTheWay(stage: WritingStage | ExportStage, batch: number): string {
  if (isExport(stage)) return `LOCK TABLE ${READ[stage][batch]}`;
  if (atDesk(stage)) return "SELECT FROM triage_queue FOR UPDATE";
  const [name, pass] = LEDGER[stage];
  return `INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
    VALUES (1, '${name}', ${pass}, ${batch}, 4, gen_random_uuid(), 9, 0, '0')`;
}

const PATIENT_DATABASE =
  "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = %L', current_database(), '5s'); END $$";

const WAITING_COMMANDS =
  "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sentinel-%' AND wait_event_type = 'Lock'";

/** Runs with another clock, which a file that Node loads first puts in the place of the real one, in threads too. */
async function atWrongTime(
  words: readonly string[],
  place: Place,
  { hours, backwards }: Extract<Fault, { kind: "clock" }>,
): Promise<Broken> {
  const file = new URL("./wrong-clock.mjs", import.meta.url).href;
  const env = {
    NODE_OPTIONS: `--import ${file}`,
    WRONG_CLOCK_HOURS: String(hours),
    WRONG_CLOCK_PACE: backwards ? "-1" : "1",
  };
  const ended = await bounded(begin(words, place, env), place);
  return { ...ended, struck: ended.stderr.includes("the clock is wrong") };
}
