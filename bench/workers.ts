import { Crew } from "./crew.ts";
import { breakGround, generateTask, recoverTask } from "./ground.ts";
import { threadSeconds, threads } from "./proc.ts";
import type { Fact, Side } from "./side.ts";
import type { Comparison, Work } from "./work.ts";

const COUNTS = [1, 2, 4];
/** What four workers must not fall below against two, on two cores: what repeats differ by. */
const NO_COST = 0.9;

type Stage = "generate" | "recover";
const STAGES: readonly Stage[] = ["generate", "recover"];

/** The batches of a stage by one worker, by two and by four; without keys, which are the server's work alone. */
export const workers: Work = {
  name: "workers",
  help: "the batches of generate and recover by 1, 2 and 4 workers, and how busy each worker is",
  unit: "devices/s",
  comparisons: STAGES.flatMap((stage): Comparison[] => [
    { name: `${stage}_2`, side: `${stage}_2`, limits: { [`${stage}_1`]: "the same by one worker" } },
    { name: `${stage}_4`, side: `${stage}_4`, limits: { [`${stage}_2`]: "the same by two workers" }, goal: NO_COST },
  ]),
  async open(place) {
    const stored = await breakGround(place, "bench");
    const loaded = await breakGround(place, "bench-load");
    const first = new Crew(stored);
    await first.generate(() => {});
    await first.corrupt();
    await first.close();
    return COUNTS.flatMap((count) => [
      by(new Crew(loaded, count), count, "generate", () => generateTask(loaded)),
      by(new Crew(stored, count), count, "recover", () => recoverTask(stored)),
    ]);
  },
};

/** The threads of a side are those that came when its crew did. */
function by(crew: Crew, count: number, stage: Stage, task: () => Parameters<Crew["run"]>[0]): Side {
  let busy: Fact[] = [];
  let own: readonly number[] = [];
  return {
    name: `${stage}_${count}`,
    async reset() {
      const others = new Set(threads());
      await crew.ready();
      const started = threads().filter((thread) => !others.has(thread));
      if (started.length > 0) own = started;
      await crew.forget(stage);
    },
    async work() {
      const before = own.map((thread) => threadSeconds(thread) ?? 0);
      const began = performance.now();
      const rows = await crew.run(task());
      const seconds = (performance.now() - began) / 1000;
      const spent = own.map((thread, at) => (threadSeconds(thread) ?? 0) - (before[at] ?? 0));
      // A worker comes with threads that load its code and then rest.
      const most = spent.toSorted((a, b) => b - a).slice(0, count);
      busy = most.map((one) => ({ value: one / seconds, unit: "share" }));
      return rows;
    },
    async inspect() {
      const facts = Object.fromEntries(busy.map((fact, no) => [`worker_${no}_cpu`, fact]));
      return { ...(await crew.notes(stage)), facts };
    },
  };
}
