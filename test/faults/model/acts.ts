import { holdBatches, type WriteBarrier } from "../../support/barrier.ts";
import type { Ended, Running } from "../../support/cli.ts";
import { query } from "../../support/fleet.ts";
import { bound } from "./desk-plan.ts";
import { type Ask, finished, type Model, type Plan, plan, runOf, withProgress } from "./model.ts";
import { wordsOf } from "./output.ts";
import type { Turn } from "./turn.ts";
import type { Seen } from "./witness.ts";

/** A command that runs alone, to its end. */
export async function playAlone(turn: Turn, ask: Ask): Promise<void> {
  const planned = plan(turn.model, ask);
  const end = await turn.start(ask).ended;
  await turn.check(ask, end, planned);
  const seen = await turn.arrive(finished(planned));
  turn.entered(ask, seen, runOf(ask, planned));
}

/** A command that the server holds while it is about to commit a batch. */
interface Held {
  readonly ask: Ask;
  readonly planned: Plan & { readonly work: NonNullable<Plan["work"]> };
  readonly running: Running;
  readonly barrier: WriteBarrier;
  readonly batch: number;
  /** Whether this is recovery once more, of devices that were released. */
  readonly later: boolean;
}

/** Shards are four at least. */
const FEWEST_BATCHES = 4;

/** Holds a command at one of the batches that are left to it, and lets it go when `act` is over. */
async function whileHeld(
  turn: Turn,
  ask: Ask,
  choice: number,
  more: readonly string[],
  act: (held: Held) => Promise<void>,
): Promise<void> {
  const { work, ...planned } = plan(turn.model, ask);
  if (!work) throw new Error(`${wordsOf(ask).join(" ")} has nothing to be held at`);
  const campaign = planned.model.campaigns.find(({ name }) => name === work.campaign);
  const { committed = 0, batches = FEWEST_BATCHES } = campaign?.[work.stage] ?? {};
  const batch = committed + (choice % (batches - committed));
  // A command that waits behind may have the same batch to do.
  await query(turn.url, "CREATE SEQUENCE held_times");
  const first = "nextval('held_times') = 1";
  const barrier = await holdBatches(turn.url, `NEW.stage = '${work.stage}' AND NEW.batch_no = ${batch} AND ${first}`);
  const running = turn.start({ ...ask, options: { ...ask.options, workers: 1 } }, more);
  try {
    const early = running.ended.then(({ code, stdout, stderr }) => {
      throw new Error(`${wordsOf(ask).join(" ")} ends with ${code} before batch ${batch}: ${stdout}${stderr}`);
    });
    await Promise.race([barrier.reached(), early]);
    early.catch(() => {});
    const later = work.stage === "recover" && (campaign?.pass ?? 1) > 1;
    await act({ ask, planned: { ...planned, work }, running, barrier, batch, later });
  } finally {
    await barrier.pass();
    await running.ended;
    await barrier.close();
    await query(turn.url, "DROP SEQUENCE held_times");
  }
}

/** A command that is killed at a batch, which the server then rolls back, or commits unheard. */
export async function playKilled(turn: Turn, ask: Ask, choice: number, commits: boolean): Promise<void> {
  await whileHeld(turn, ask, choice, ["--json"], async (held) => {
    held.running.signal("SIGKILL");
    await held.running.ended;
    await (commits ? held.barrier.pass() : held.barrier.abort());
    const { model } = held.planned;
    // Devices that come back to the queue take several messages: a server that hears no more completes none of them.
    const mayCommit = commits && held.later ? "perhaps" : commits;
    await turn.arrive({ ...model, openRuns: model.openRuns + 1 }, adopting(held, mayCommit));
    turn.told = undefined;
  });
}

const EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/** A command that gets a signal at a batch: it stores the batches that are under way, and tells the way on. */
export async function playSignalled(turn: Turn, ask: Ask, choice: number, signal: keyof typeof EXIT): Promise<void> {
  await whileHeld(turn, ask, choice, [], async (held) => {
    held.running.process.kill(signal);
    await held.running.says("Stopping once the batches under way are stored");
    await held.barrier.pass();
    const end = await held.running.ended;
    const seen = await turn.arrive(held.planned.model, adopting(held, true));
    const campaign = turn.model.campaigns.find(({ name }) => name === held.planned.work.campaign);
    const exit = campaign?.[held.planned.work.stage].whole ? 0 : EXIT[signal];
    await refuseEnd(turn, ask, end, exit);
    turn.entered(ask, seen, exit === 0 ? "succeeded" : "interrupted");
  });
}

async function refuseEnd(turn: Turn, ask: Ask, end: Ended, exit: number): Promise<void> {
  const said = `${wordsOf(ask).join(" ")}: ${end.stdout}${end.stderr}`;
  if (end.code !== exit) throw new Error(`it ends with ${end.code}, not ${exit}: ${said}`);
  const wrong = turn.unfit(end);
  turn.told = /^ {2}(npm run .*)$/m.exec(end.stderr)?.[1];
  if (exit !== 0 && turn.told === undefined) wrong.push("it tells no way on");
  if (wrong.length > 0) throw new Error(`${wrong.join("; ")}: ${said}`);
}

/**
 * Fits the model to how many batches were stored: those before the one that was held, and that one if it committed; generate may have sent
 * more behind it, which the server stores too.
 */
function adopting({ planned: { work }, batch, later }: Held, commits: boolean | "perhaps") {
  return (model: Model, seen: Seen): Model => {
    const {
      committed = 0,
      batches,
      pass = 1,
    } = seen.campaigns.find(({ name }) => name === work.campaign)?.stages[work.stage] ?? {};
    const isThere =
      committed > batch && (!later || pass === model.campaigns.find(({ name }) => name === work.campaign)?.pass);
    const did = commits === "perhaps" ? isThere : commits;
    const fewest = did ? batch + 1 : batch;
    const ahead = did && work.stage === "generate" && committed > fewest;
    const now = ahead ? committed : fewest;
    return withProgress(model, work, (before) => ({
      committed: now,
      batches: batches ?? before.batches,
      // Chaos has no key to build: stopped with its last batch, it has done all.
      whole: work.stage === "corrupt" && now === batches,
    }));
  };
}

/** Two commands that are started at once: what comes of it is what comes of one after the other, or of one that keeps the other out. */
export async function playTogether(turn: Turn, asks: readonly [Ask, Ask]): Promise<void> {
  const ends = await Promise.all(asks.map((ask) => turn.start(ask).ended));
  await arriveSerially(turn, asks, ends as [Ended, Ended], [0, 1]);
}

/** A command that is started while another is held at a batch, which goes on before the second has lost its patience. */
export async function playBehind(turn: Turn, ask: Ask, choice: number, second: Ask): Promise<void> {
  await whileHeld(turn, ask, choice, ["--json"], async ({ running, barrier }) => {
    const behind = turn.start(second);
    await barrier.awaited();
    await barrier.pass();
    await arriveSerially(turn, [ask, second], [await running.ended, await behind.ended], [0]);
  });
}

/** A command that is started while another is held at a batch: who writes is kept out, who reads is not. */
export async function playRival(turn: Turn, ask: Ask, choice: number, second: Ask): Promise<void> {
  await whileHeld(turn, ask, choice, ["--json"], async ({ planned, running, barrier }) => {
    const rival = await turn.start(second).ended;
    const alone = plan(planned.model, second);
    const exit = runOf(second, alone) ? 3 : alone.exit;
    const said = `${wordsOf(second).join(" ")}, beside ${wordsOf(ask).join(" ")}: ${rival.stdout}${rival.stderr}`;
    if (rival.code !== exit) throw new Error(`it ends with ${rival.code}, not ${exit}: ${said}`);
    const holder = `(npm run ${ask.command}, process ${running.process.pid}, for `;
    if (exit === 3 && !rival.stderr.includes(holder))
      throw new Error(`it does not name the holder, ${holder}: ${said}`);
    await barrier.pass();
    await turn.check(ask, await running.ended, planned);
    await turn.arrive(finished(planned));
    turn.told = undefined;
  });
}

/** Fails where no order that may have been is the one that was. `first`: who may have been the first. */
async function arriveSerially(
  turn: Turn,
  asks: readonly [Ask, Ask],
  ends: readonly [Ended, Ended],
  first: readonly (0 | 1)[],
): Promise<void> {
  const orders = first.flatMap((one) => serial(turn.model, asks, one));
  const codes = ends.map(({ code }) => code);
  const fitting = orders.filter(({ exits }) => exits.every((exit, no) => exit === codes[no]));
  const told = ends.map(({ stdout, stderr }) => `${stdout}${stderr}`).join("\n");
  const shown = asks.map((ask) => wordsOf(ask).join(" ")).join(" beside ");
  if (fitting.length === 0) throw new Error(`${shown} end with ${codes}, as in no order: ${told}`);
  const wrong = ends.flatMap((end) => turn.unfit(end));
  if (wrong.length > 0) throw new Error(`${shown}: ${wrong.join("; ")}: ${told}`);
  turn.told = undefined;
  const problems: string[] = [];
  for (const { model } of fitting) {
    const found = await turn.arrive(model).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (found === undefined) return;
    problems.push(found);
  }
  throw new Error(`${shown} end as in no order: ${problems.join("\nor\n")}`);
}

interface Order {
  readonly model: Model;
  readonly exits: readonly [number, number];
}

/** One after the other, which may have looked before; or the second is kept out by the first. */
function serial(before: Model, asks: readonly [Ask, Ask], first: 0 | 1): Order[] {
  const one = plan(before, asks[first]);
  const second = asks[first === 0 ? 1 : 0];
  const others = [second, bound(before, second)].map((ask) => plan(finished(one), ask));
  const exits = (a: number, b: number): [number, number] => (first === 0 ? [a, b] : [b, a]);
  return [
    ...others.map((other) => ({ model: finished(other), exits: exits(one.exit, other.exit) })),
    { model: finished(one), exits: exits(one.exit, 3) },
  ];
}
