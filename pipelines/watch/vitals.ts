import { Metrics } from "./metrics.ts";

/** What a monitor is told: whether all is well, and why not. */
export interface Health {
  readonly ok: boolean;
  readonly reason: string;
}

/** How the watcher is: whether its database answers, what it is at, when it last did something. */
export class Vitals {
  readonly metrics = new Metrics();
  readonly #now: () => Date;
  readonly #startedAt: Date;
  #doing: string | undefined;
  #away: string | undefined = "it has not looked into the database yet";
  #wasUp = false;
  #missing: string | undefined;
  #stuck: string | undefined;
  #lookedAt: Date | undefined;
  #changedAt: Date | undefined;

  /** @param now the time of day. */
  constructor(now: () => Date) {
    this.#now = now;
    this.#startedAt = now();
    this.metrics.set("startedAt", seconds(this.#startedAt));
  }

  /** It looked for work, and the database answered. */
  looked(): void {
    this.#lookedAt = this.#now();
    this.#away = undefined;
    this.#wasUp = true;
    this.metrics.set("up", 1);
    this.metrics.add("looks");
    this.metrics.set("lookedAt", seconds(this.#lookedAt));
  }

  /** The database does not answer. Returns whether that is news. */
  lost(reason: string): boolean {
    const isNews = this.#away !== reason;
    if (this.#wasUp) this.metrics.add("losses");
    this.#wasUp = false;
    this.#away = reason;
    this.metrics.set("up", 0);
    return isNews;
  }

  /** Whether the folder that files come into can be read: a reason where it can't be. Returns whether that is news. */
  folder(reason: string | undefined): boolean {
    const isNews = this.#missing !== reason;
    this.#missing = reason;
    return isNews;
  }

  /** What it can't do now and tries again, for example since a disk is full: a reason, or that it is over. Returns whether that is news. */
  stuck(reason: string | undefined): boolean {
    const isNews = this.#stuck !== reason;
    this.#stuck = reason;
    return isNews;
  }

  /** What it is at until that ends. */
  async during<T>(doing: string, work: () => Promise<T>): Promise<T> {
    this.#doing = doing;
    try {
      return await work();
    } finally {
      this.#doing = undefined;
    }
  }

  /** It ended something: a file, a campaign, a report. */
  changed(): void {
    this.#changedAt = this.#now();
    this.metrics.set("changedAt", seconds(this.#changedAt));
  }

  health(): Health {
    const reason = this.#away ?? this.#missing ?? this.#stuck;
    return { ok: reason === undefined, reason: reason ?? "ok" };
  }

  /** The same for who reads a file. */
  beat(): Readonly<Record<string, unknown>> {
    const { ok, reason } = this.health();
    return {
      pid: process.pid,
      started_at: this.#startedAt,
      beat_at: this.#now(),
      ok,
      reason,
      doing: this.#doing ?? null,
      looked_at: this.#lookedAt ?? null,
      changed_at: this.#changedAt ?? null,
    };
  }
}

function seconds(at: Date): number {
  return at.getTime() / 1000;
}
