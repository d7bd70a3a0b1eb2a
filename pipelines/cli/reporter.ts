import type { createLogUpdate } from "log-update";
import type { Lane } from "../workers/pool.ts";
import { EXIT, SentinelError } from "./errors.ts";
import { count, percent, printable, seconds } from "./format.ts";
import { errorDetails, withoutSecrets } from "./secrets.ts";

/** What a stage says of itself when it ends. */
export interface StageResult {
  readonly stage: string;
  readonly campaign: string;
  /** How many of `unit` it dealt with. */
  readonly done: number;
  readonly unit: string;
  readonly seconds: number;
  /** What a reader wants to know beside, in a sentence. */
  readonly text: string;
  /** The same as data. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface ReporterOptions {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  /** What a terminal's live lines are made with; left out where there is none. */
  readonly live?: typeof createLogUpdate | undefined;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

const HEARTBEAT_MS = 5_000;
const BAR = 24;

/** Tells the user what goes on: a live line in a terminal, plain lines elsewhere, JSON where asked. Results go to `stdout`. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #live: ReturnType<typeof createLogUpdate> | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
    const live = options.stderr.isTTY === true && !options.json && !options.quiet ? options.live : undefined;
    this.#live = live?.(options.stderr as NodeJS.WriteStream);
  }

  /**
   * Begins a stage with `total` things to do, of which some are done already. Where nobody has counted them, the batches tell how far it is.
   */
  stage(
    name: string,
    campaign: string,
    total: number | undefined,
    unit: string,
    before = 0,
    batches = { all: 0, before: 0 },
  ): StageProgress {
    const { now } = this.#options;
    const plan = total === undefined ? batches : { all: total, before };
    const started = now();
    let beat = started;
    let shown = "";
    this.event({ event: "stage_started", stage: name, campaign, total: total ?? null, done: before });
    const todo = total === undefined ? unit : `${count(total - before)} ${unit} to do`;
    if (!this.#live) this.line(`${name}: ${todo} in campaign ${campaign}`);
    return {
      update: (lanes) => {
        const rows = lanes.reduce((sum, lane) => sum + lane.rows, 0);
        const elapsed = (now() - started) / 1000;
        const rate = elapsed > 0 ? rows / elapsed : 0;
        const steps = total === undefined ? lanes.reduce((sum, lane) => sum + lane.batches, 0) : rows;
        const left = steps > 0 ? (elapsed * (plan.all - plan.before - steps)) / steps : undefined;
        const part = plan.all === 0 ? 1 : (plan.before + steps) / plan.all;
        const text = headline(name, part, before + rows, total, unit, rate, left);
        if (this.#live) {
          this.#live([text, ...(lanes.length > 1 ? lanes.map(laneLine) : [])].join("\n"));
        } else if (now() - beat >= HEARTBEAT_MS) {
          beat = now();
          const facts = { done: before + rows, total: total ?? null, rate: Math.round(rate) };
          this.event({ event: "progress", stage: name, campaign, ...facts, seconds_left: left ?? null });
          if (text !== shown) this.line(text);
          shown = text;
        }
      },
      elapsed: () => (now() - started) / 1000,
    };
  }

  /** Ends a stage: its line stays. */
  ended(result: StageResult): void {
    this.#live?.clear();
    this.#live?.done();
    this.event({ event: "stage_ended", ...result, facts: undefined, ...result.facts });
    this.line(`${this.#paint("32", "✓")} ${result.stage}: ${result.text}`);
  }

  /** Something worth knowing on the way. */
  note(text: string): void {
    this.event({ event: "note", text });
    this.line(text);
  }

  /** A result that a person reads; in JSON the events carry it. */
  result(text: string): void {
    if (!this.#options.json) this.#options.stdout.write(`${text}\n`);
  }

  /** One line of JSON, where JSON was asked for. */
  event(event: Readonly<Record<string, unknown>>): void {
    if (this.#options.json) this.#options.stdout.write(`${JSON.stringify(event)}\n`);
  }

  /** An error, in words that help. */
  error(given: { cause: string; remedy?: string; command?: string | undefined; exitCode: number }): void {
    const [cause = "", remedy, command] = [given.cause, given.remedy, given.command].map((text) =>
      text === undefined ? undefined : harmless(text),
    );
    const parts = { cause, remedy, command, exitCode: given.exitCode };
    this.#live?.clear();
    this.#live?.done();
    this.event({
      event: "error",
      cause: parts.cause,
      remedy: parts.remedy,
      command: parts.command,
      exit_code: parts.exitCode,
    });
    const lines = [`${this.#paint("31", "✗")} ${parts.cause}`];
    if (parts.remedy) lines.push(`  ${parts.remedy}`);
    if (parts.command) lines.push(`  ${this.#paint("1", parts.command)}`);
    this.#options.stderr.write(`${lines.join("\n")}\n`);
  }

  /** Whatever was thrown, in words. Returns the exit code that goes with it. */
  failure(error: unknown): number {
    if (error instanceof SentinelError) {
      const { message: cause, remedy, command, exitCode } = error;
      this.error({ cause, remedy, command, exitCode });
      return exitCode;
    }
    if (process.env.SENTINEL_DEBUG) console.error(errorDetails(error));
    this.error({
      cause: `This is a bug in Sentinel OTA: ${error instanceof Error ? error.message : String(error)}`,
      remedy: "Please report it, with what SENTINEL_DEBUG=1 prints when you run the command again.",
      exitCode: EXIT.bug,
    });
    return EXIT.bug;
  }

  /** Where colours are wanted, a text in colour. */
  #paint(code: string, text: string): string {
    return this.#options.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  private line(text: string): void {
    const { quiet, json, stderr } = this.#options;
    if (quiet || json) return;
    this.#live?.clear();
    stderr.write(`${text}\n`);
  }
}

export interface StageProgress {
  update(lanes: readonly Lane[]): void;
  /** Seconds since the stage began. */
  elapsed(): number;
}

/** No password, and nothing that a terminal obeys: an error may quote a server, a file or what was typed. */
function harmless(text: string): string {
  return withoutSecrets(text).split("\n").map(printable).join("\n");
}

function headline(
  name: string,
  share: number,
  done: number,
  total: number | undefined,
  unit: string,
  rate: number,
  left: number | undefined,
): string {
  const part = Math.min(1, share);
  const bar = "█".repeat(Math.round(part * BAR)).padEnd(BAR, "░");
  const time = left === undefined ? "" : `  ${seconds(Math.max(0, left))} left`;
  const of = total === undefined ? "" : ` of ${count(total)}`;
  return `${name.padEnd(9)} ${bar} ${percent(part, 0).padStart(5)}  ${count(done)}${of} ${unit}  ${count(rate)}/s${time}`;
}

function laneLine({ batches, rows }: Lane, worker: number): string {
  return `  worker ${worker}  ${count(batches).padStart(7)} batches  ${count(rows).padStart(12)}`;
}
