import { on } from "node:events";
import { emitKeypressEvents } from "node:readline";
import { Writable } from "node:stream";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { Reporter } from "../cli/reporter.ts";
import type { Context, Terminal } from "../context.ts";
import { type Campaign, campaignFor } from "../db/campaigns.ts";
import { type Target, withClient } from "../db/connect.ts";
import { refuseOtherSchema } from "../db/migrate.ts";
import { expectation } from "../domain/expectation.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import type { Asked, Told } from "./decide.ts";
import { cleared, type Desk, type Effect, type Key, newDesk, press, reloaded } from "./desk.ts";
import { listPlaces } from "./filter.ts";
import { type ProposedPlace, withProposed } from "./proposed.ts";
import { screen } from "./screen.ts";
import { write } from "./write.ts";

/** The queue by the keyboard. Who works here holds the right to write only while a decision is stored, so that several can at once. */
export async function work(context: Context, target: Target): Promise<void> {
  const { terminal } = context;
  if (!terminal) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: "There is no terminal to work the queue in.",
      remedy: "Decide by command, or by a file:",
      command: "npm run triage -- --help",
    });
  }
  const campaign = await withClient(target, async (client) => {
    await refuseOtherSchema(client);
    return campaignFor(client, context.options.campaign);
  });
  const queue = new Queue({ ...context, reporter: silent() }, target, campaign);
  const desk = await onScreen(context, terminal, async (keys) => {
    const paint = painter(context, campaign, terminal);
    let now = newDesk(campaign.name, await queue.places());
    paint(now);
    for await (const key of keys) {
      const { desk: next, effect } = press(now, key);
      now = effect ? await queue.act(next, effect) : next;
      if (effect?.kind === "quit") break;
      paint(now);
    }
    return now;
  });
  context.reporter.result(
    `${desk.done.length} decided here, ${desk.places.length} still wait in campaign ${campaign.name}.`,
  );
}

/** The queue in the database, as far as the desk needs it. */
class Queue {
  readonly #context: Context;
  readonly #target: Target;
  readonly #campaign: Campaign;

  constructor(context: Context, target: Target, campaign: Campaign) {
    this.#context = context;
    this.#target = target;
    this.#campaign = campaign;
  }

  places(): Promise<ProposedPlace[]> {
    const { campaign_id: id } = this.#campaign;
    return withClient(this.#target, async (client) =>
      withProposed(this.#context, client, this.#campaign, await listPlaces(client, id, this.#context.options)),
    );
  }

  /** Does what the person wants done; what stands against it they are told. */
  async act(desk: Desk, effect: Effect): Promise<Desk> {
    if (effect.kind === "quit") return desk;
    try {
      return effect.kind === "undo" ? await this.#undo(desk, effect.done) : await this.#decide(desk, effect);
    } catch (error) {
      if (!(error instanceof SentinelError)) throw error;
      return { ...desk, message: error.message };
    }
  }

  async #decide(desk: Desk, { verb, place, values, why }: Extract<Effect, { kind: "decide" }>): Promise<Desk> {
    const accepted = verb === "accept" ? "all" : new Set<never>();
    const { version, device_id: deviceId } = place;
    const outcome = await this.#store({ ...NOTHING, verb, values, accepted, why, version, deviceId });
    if (outcome?.kind !== "refused") return cleared(desk, place, `${deviceId}: ${verb} is stored; u takes it back`);
    // What the person does not see yet may be what stands against it.
    return reloaded(desk, await this.places(), `${deviceId}: ${outcome.reason}`);
  }

  async #undo(desk: Desk, { deviceId, version }: Desk["done"][number]): Promise<Desk> {
    const outcome = await this.#store({ ...NOTHING, verb: "reopen", version, deviceId });
    const message = outcome?.kind === "refused" ? outcome.reason : "is open again";
    return reloaded({ ...desk, done: desk.done.slice(0, -1) }, await this.places(), `${deviceId}: ${message}`);
  }

  async #store(asked: Asked): Promise<Told["outcome"] | undefined> {
    const { told } = await write(this.#context, this.#target, this.#campaign, [asked]);
    return told[0]?.outcome;
  }
}

const NOTHING = { values: new Map(), accepted: new Set<never>(), action: "FORCE_ROLLBACK", why: null } as const;

const [ENTER, LEAVE, CLEAR] = ["\u001b[?1049h\u001b[?25l", "\u001b[?25h\u001b[?1049l", "\u001b[H\u001b[2J"];

/** Works on a screen of its own, key by key; the terminal is as it was afterwards, whatever happens. */
async function onScreen<T>(
  { signal }: Context,
  terminal: Terminal,
  run: (keys: AsyncGenerator<Key>) => Promise<T>,
): Promise<T> {
  const { input, output } = terminal;
  emitKeypressEvents(input);
  const keys = keysOf(terminal, signal);
  input.setRawMode?.(true);
  input.resume();
  output.write(ENTER);
  try {
    return await run(keys);
  } finally {
    output.write(LEAVE);
    input.setRawMode?.(false);
    input.pause();
  }
}

function painter({ reference }: Context, campaign: Campaign, { output }: Terminal): (desk: Desk) => void {
  const rules = reference.rules(campaign.rules);
  const expected = (name: string): string => {
    const field = REPORT_COLUMNS.find((known) => known === name);
    return field ? expectation(rules, field) : "what the server takes";
  };
  return (desk) => {
    const { columns = 80, rows = 24 } = output;
    output.write(`${CLEAR}${screen(desk, { columns, rows }, expected).join("\r\n")}`);
  };
}

/** The keys that are pressed from now on, until the input ends or the command is told to stop. */
function keysOf({ input }: Terminal, signal: AbortSignal): AsyncGenerator<Key> {
  const presses = on(input, "keypress", { signal, close: ["end", "close"] });
  return (async function* () {
    try {
      for await (const [text, key] of presses)
        yield { ...(key as Omit<Key, "text">), text: typeof text === "string" ? text : "" };
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  })();
}

/** What is told of a run has no place on this screen. */
function silent(): Reporter {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return new Reporter({
    stdout: nowhere,
    stderr: nowhere,
    json: false,
    quiet: true,
    color: false,
    now: () => performance.now(),
  });
}
