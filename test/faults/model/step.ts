import fc from "fast-check";
import type { Ask } from "./model.ts";
import type { Turn } from "./turn.ts";

/** A command line of which the parts that hang on the database are chosen when it is reached. */
export type Draw = (turn: Turn) => Ask;

/** A step of a run. */
export class Step implements fc.AsyncCommand<Turn, null> {
  readonly #play: (turn: Turn) => Promise<void>;

  constructor(play: (turn: Turn) => Promise<void>) {
    this.#play = play;
  }

  /** What a step is about is chosen from what there is when it is reached: none is ever left out. */
  check = (): boolean => true;

  run(turn: Turn): Promise<void> {
    return this.#play(turn);
  }
}

/** Of a list whose length is known only then. */
export const nth = <T>(all: readonly T[], choice: number): T => all[choice % all.length] as T;
export const choice = fc.nat(1000);
