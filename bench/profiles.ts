import { Crew } from "./crew.ts";
import { breakGround } from "./ground.ts";
import type { Side } from "./side.ts";
import type { Work } from "./work.ts";

/** Striking a stored fleet with every kind of fault, against striking it with those of the default profile. */
export const profiles: Work = {
  name: "profiles",
  help: "injecting faults by profile field, every kind, against profile default",
  unit: "faults/s",
  comparisons: [{ name: "field", side: "field", limits: { default: "the same by profile default" } }],
  async open(place) {
    const crew = new Crew(await breakGround(place));
    return [by(crew, "field"), by(crew, "default")];
  },
};

function by(crew: Crew, name: string): Side {
  return {
    name,
    async reset() {
      await crew.forget("corrupt");
      await crew.forget("generate");
      await crew.generate(() => {});
    },
    work: () => crew.corrupt(name),
    inspect: () => crew.notes("corrupt"),
  };
}
