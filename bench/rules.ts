import { Crew } from "./crew.ts";
import { breakGround } from "./ground.ts";
import type { Side } from "./side.ts";
import type { Work } from "./work.ts";

/** At most half as long again. */
const GOAL = 1 / 1.5;

/** Deciding the same Partial devices by many rules, against deciding them by the default ones; the policy is the same. */
export const rules: Work = {
  name: "rules",
  help: "deciding by the more than fifty rules of set field, against the default ones",
  unit: "devices/s",
  comparisons: [{ name: "field", side: "field", limits: { default: "the same by the default rules" }, goal: GOAL }],
  async open(place) {
    const crew = new Crew(await breakGround(place));
    await crew.generate(() => {});
    await crew.corrupt();
    return [by(crew, "field"), by(crew, "default")];
  },
};

function by(crew: Crew, name: string): Side {
  return {
    name,
    reset: () => crew.forget("recover"),
    work: (phase) => crew.recover(phase, name),
    inspect: () => crew.notes("recover"),
  };
}
