import type { Place } from "./ground.ts";
import type { Sample, Side } from "./side.ts";

/** What a side is held against. */
export interface Comparison {
  /** Name of the figure. */
  readonly name: string;
  readonly side: string;
  /** The other sides, by name, and what they do. Where there are several, the fastest counts. */
  readonly limits: Readonly<Record<string, string>>;
  /** Least ratio that is good enough; left out where none is set. */
  readonly goal?: number;
}

/** What a side may take at most. */
export interface Budget {
  /** Name of the figure. */
  readonly name: string;
  readonly side: string;
  readonly unit: string;
  readonly what: string;
  readonly of: (sample: Sample) => number;
  /** By size of the fleet; undefined where none is set. */
  readonly most: (devices: number) => number | undefined;
}

/** One thing that the bench measures. */
export interface Work {
  readonly name: string;
  readonly help: string;
  /** What a rate counts. */
  readonly unit: string;
  readonly comparisons: readonly Comparison[];
  readonly budgets?: readonly Budget[];
  /** The sizes that it takes of those that were asked for; left out: all. */
  readonly sizes?: (asked: readonly number[]) => readonly number[];
  /** Gets a place ready, and says what is measured there. */
  readonly open: (place: Place) => Promise<readonly Side[]>;
}
