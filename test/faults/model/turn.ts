import type { Row } from "../../../pipelines/triage/csv.ts";
import { settled } from "../../support/barrier.ts";
import { type Ended, type Running, start } from "../../support/cli.ts";
import { falseClaims } from "./claims.ts";
import { differences, withPlans, withQueues } from "./compare.ts";
import type { Reference } from "./facts.ts";
import type { Fleet } from "./fleets.ts";
import { type Ask, EMPTY, type Model, type Plan } from "./model.ts";
import { eventsOf, toldBy, wordsOf } from "./output.ts";
import { look, type Seen } from "./witness.ts";

/** What the runs of the model share. */
export interface Ground {
  /** Folder of the program. */
  readonly root: string;
  readonly fleets: readonly Fleet[];
  readonly facts: Reference;
  /** The digest that `validate` printed first, by what was validated. */
  readonly digests: Map<string, unknown>;
  /** Folder for files that commands write and read. */
  readonly files: string;
}

/** An exported queue. */
export interface Sheet {
  readonly campaign: string;
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Longer than the patience of any command: whoever has not ended then hangs. */
const PATIENCE_MS = 90_000;

/** A database under test, and the model of it. */
export class Turn {
  readonly ground: Ground;
  readonly url: string;
  /** What the database must be now. */
  model: Model = EMPTY;
  /** The command that the last error told to go on with, where nothing has run since. */
  told: string | undefined;
  /** The queue as it was exported last. */
  sheet: Sheet | undefined;
  /** What was done to it, a line a step. */
  readonly played: string[] = [];

  constructor(ground: Ground, url: string) {
    this.ground = ground;
    this.url = url;
  }

  plays(how: string, ...asks: readonly Ask[]): void {
    this.played.push(`${how}: ${asks.map((ask) => wordsOf(ask).join(" ")).join(" | ")}`);
  }

  /** Starts a command; whoever hangs is killed. */
  start(ask: Ask, more: readonly string[] = ["--json"]): Running {
    const running = start([...wordsOf(ask), ...more], { DATABASE_URL: this.url }, this.ground.root);
    const timer = setTimeout(() => running.signal("SIGKILL"), PATIENCE_MS);
    const ended = running.ended.finally(() => clearTimeout(timer));
    return { ...running, ended };
  }

  /** Fails where a command that ran by itself did not end as planned. */
  async check(ask: Ask, end: Ended, plan: Plan): Promise<void> {
    const shown = wordsOf(ask).join(" ");
    const said = `${end.stdout}${end.stderr}`;
    if (end.code !== plan.exit) throw new Error(`${shown} ends with ${end.code}, not ${plan.exit}: ${said}`);
    const { events, wrong } = eventsOf(end, this.ground.root);
    if (plan.says && !plan.says.test(end.stderr)) wrong.push(`it does not say ${plan.says}`);
    if (plan.exit === 2 && !/^✗ .+\n {2}.+/m.test(end.stderr)) wrong.push("it says no cause and remedy");
    const told = toldBy(end);
    if (plan.tells !== undefined && told !== plan.tells) wrong.push(`it tells ${told}, not ${plan.tells}`);
    wrong.push(...this.unfit(end));
    wrong.push(...(await falseClaims(ask, events, plan, this.model, this.ground)));
    this.told = told;
    if (wrong.length > 0) throw new Error(`${shown}: ${wrong.join("; ")}: ${said}`);
  }

  /** What no command may ever print. */
  unfit({ stdout, stderr }: Ended): string[] {
    const wrong = [];
    if (/\n\s+at .*:\d+:\d+|bug in Sentinel/.test(`${stdout}${stderr}`)) wrong.push("it shows its inside");
    const { password } = new URL(this.url);
    if (password !== "" && `${stdout}${stderr}`.includes(password)) wrong.push("it tells the password");
    return wrong;
  }

  /** Takes the model for what must be there now; `adopt` fits it to what may be one way or another. */
  async arrive(model: Model, adopt: (model: Model, seen: Seen) => Model = (same) => same): Promise<Seen> {
    await settled(this.url);
    const seen = await look(this.url);
    const now = await withQueues(withPlans(adopt(model, seen), seen), this.ground.facts);
    const found = await differences(now, seen, this.ground.facts);
    if (found.length > 0) throw new Error(found.join("\n"));
    this.model = now;
    return seen;
  }

  /** Fails where the last run was not entered as it ended; undefined where none was to be. */
  entered(ask: Ask, { lastRun }: Seen, result: string | undefined): void {
    if (result === undefined || (lastRun?.stage === ask.command && lastRun.result === result)) return;
    throw new Error(`the last run is ${JSON.stringify(lastRun)}, not ${ask.command}, which ${result}`);
  }
}
