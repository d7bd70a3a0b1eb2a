import { count, seconds } from "../pipelines/cli/format.ts";
import { type Target, withClient } from "../pipelines/db/connect.ts";
import { type Figure, figuresOf } from "./figures.ts";
import type { Place } from "./ground.ts";
import { interleaved } from "./measure.ts";
import type { Work } from "./work.ts";

export interface Plan extends Omit<Place, "target" | "client" | "atEnd"> {
  readonly work: Work;
  readonly rounds: number;
  readonly note: (line: string) => void;
}

/** Measures all sides of one piece of work, in a database that is there for it alone. */
export function compare(target: Target, { work, rounds, note, ...plan }: Plan): Promise<Figure[]> {
  const { devices, signal } = plan;
  const title = `${work.name}, ${count(devices)} devices`;
  note(`${title}: getting ready`);
  return withClient(target, async (client) => {
    const closers: (() => Promise<unknown>)[] = [];
    try {
      const sides = await work.open({ ...plan, target, client, atEnd: (close) => closers.unshift(close) });
      for (const side of sides) if (side.close) closers.unshift(side.close);
      const samples = await interleaved(client, sides, rounds, ({ name }, round, sample) => {
        signal.throwIfAborted();
        const rate = `${count(sample.devices / sample.seconds)} ${work.unit}`;
        note(`${title}, round ${round} of ${rounds}: ${name} ${rate} (${seconds(sample.seconds)})`);
      });
      return figuresOf({ work, devices, samples });
    } finally {
      for (const close of closers) await close();
    }
  });
}
