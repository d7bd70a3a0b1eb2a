import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { seconds, table } from "../cli/format.ts";
import type { Context } from "../context.ts";
import { type Experiment, faultText } from "../domain/experiment.ts";
import type { Found, Judgement } from "../domain/verdict.ts";
import type { Play } from "./method.ts";
import { chaosFolder } from "./scratch.ts";

/** One thing that was done. */
interface Entry {
  readonly step: string;
  readonly started_at: string;
  readonly seconds: number;
  readonly outcome: string;
}

/**
 * What is kept of an experiment, and shown: no secret, no host, no path of this machine. It is written after each step, so that who is
 * killed leaves what was done, with no verdict.
 */
export class Journal {
  readonly #context: Context;
  readonly #name: string;
  readonly #head: Readonly<Record<string, unknown>>;
  readonly #steps: Entry[] = [];

  constructor(context: Context, experiment: Experiment, play: Play) {
    const { name, hypothesis } = experiment;
    this.#context = context;
    this.#name = name;
    const started_at = new Date().toISOString();
    const { version } = context;
    this.#head = { experiment: name, hypothesis, fault: faultText(experiment), version, ...play, started_at };
    context.reporter.event({ event: "experiment_started", ...this.#head });
  }

  /** Where it is kept, from the project's folder. */
  get file(): string {
    return `data/local/chaos/${this.#name}.json`;
  }

  /** Does something and enters it, with its outcome in words, however it ends. */
  async step<T>(step: string, work: () => Promise<T>, outcomeOf: (end: T) => string = () => "done"): Promise<T> {
    const { reporter } = this.#context;
    reporter.note(`${this.#name}: ${step}`);
    const started_at = new Date().toISOString();
    const began = performance.now();
    let outcome = "broken off";
    try {
      const end = await work();
      outcome = outcomeOf(end);
      return end;
    } finally {
      const entry = { step, started_at, seconds: (performance.now() - began) / 1000, outcome };
      this.#steps.push(entry);
      reporter.event({ event: "step", experiment: this.#name, ...entry });
      this.#write({ probes: [], verdict: null, reason: null, finished_at: null });
    }
  }

  /** Enters how it ended, and shows all of it. */
  end(probes: readonly Found[], judgement: Judgement): void {
    const { reporter } = this.#context;
    this.#write({ probes, ...judgement, finished_at: new Date().toISOString() });
    for (const probe of probes) reporter.event({ event: "probe", experiment: this.#name, ...probe });
    reporter.event({ event: "verdict", experiment: this.#name, ...judgement, journal: this.file });
    const steps = this.#steps.map(({ step, seconds: took, outcome }) => [step, seconds(took), outcome]);
    reporter.result(table(["step", "time", "outcome"], steps));
    const rows = probes.map(({ probe, when, expected, found, passed }) => [
      ...[passed ? "PASS" : "FAIL", when, probe, expected, passed && expected === found ? "as expected" : found],
    ]);
    if (rows.length > 0) reporter.result(`\n${table(["", "when", "probe", "expected", "found"], rows)}`);
    const why = judgement.reason === null ? "" : ` (${judgement.reason})`;
    reporter.result(`\n${this.#name}: ${judgement.verdict}${why}\nJournal: ${this.file}`);
  }

  /** Nobody sees half a journal. */
  #write(end: Readonly<Record<string, unknown>>): void {
    const folder = chaosFolder(this.#context.projectRoot);
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${this.#name}.json`);
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, `${JSON.stringify({ ...this.#head, ...end, steps: this.#steps }, null, 2)}\n`);
    renameSync(unfinished, file);
  }
}
