import { command } from "./command.ts";
import type { Place } from "./ground.ts";
import type { Side } from "./side.ts";
import type { Work } from "./work.ts";

/** The command that checks every promise and scores detection, over a fleet of the default words and one of the field's. */
export const validate: Work = {
  name: "validate",
  help: "the command `npm run validate` itself by the rules of set field, against the default ones",
  unit: "devices/s",
  comparisons: [{ name: "field", side: "field", limits: { default: "the same by chaos, rules and policy default" } }],
  async open(place) {
    return [await recovered(place, "field"), await recovered(place, "default")];
  },
};

/** A fleet that went through all stages by the chaos profile, the rules and the policy of one name, to be validated. */
async function recovered(place: Place, name: string): Promise<Side> {
  const campaign = ["--campaign", `bench-${name}`];
  await command(place, ["generate", "--devices", String(place.devices), ...campaign]);
  await command(place, ["corrupt", "--profile", name, ...campaign]);
  await command(place, ["recover", "--rules", name, "--policy", name, ...campaign]);
  return {
    name,
    async reset() {},
    async work() {
      await command(place, ["validate", ...campaign]);
      return place.devices;
    },
  };
}
