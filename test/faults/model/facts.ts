import { settled } from "../../support/barrier.ts";
import { events, start } from "../../support/cli.ts";
import { freshDatabase } from "../../support/database.ts";
import type { Fleet } from "./fleets.ts";
import type { Ask, Chaos } from "./model.ts";
import { wordsOf } from "./output.ts";
import { look, type SeenCampaign } from "./witness.ts";

/** What a fleet under some chaos is once it is recovered, whatever way led there. */
export interface Facts {
  readonly seen: SeenCampaign;
  /** As `validate` prints it. */
  readonly digest: unknown;
}

export type Reference = (fleet: Fleet, chaos: Chaos | undefined) => Promise<Facts>;

/** Plays each combination of fleet and chaos once, unbroken, when it is first asked for. */
export function reference(root: string): Reference {
  const known = new Map<string, Promise<Facts>>();
  return (fleet, chaos) => {
    const key = JSON.stringify([fleet.name, chaos]);
    const facts = known.get(key) ?? unbroken(root, fleet, chaos);
    known.set(key, facts);
    return facts;
  };
}

async function unbroken(root: string, fleet: Fleet, chaos: Chaos | undefined): Promise<Facts> {
  const asks: readonly Ask[] = [
    { command: "generate", options: fleet.options },
    ...(chaos
      ? [{ command: "corrupt", options: { faultRate: chaos.rate, seed: chaos.seed, profile: chaos.profile } } as const]
      : []),
    { command: "recover", options: {} },
    { command: "validate", options: {} },
  ];
  const database = await freshDatabase();
  try {
    let digest: unknown;
    for (const ask of asks) {
      const end = await start([...wordsOf(ask), "--json"], { DATABASE_URL: database.url }, root).ended;
      if (end.code !== 0) throw new Error(`unbroken, ${wordsOf(ask).join(" ")} ends with ${end.code}: ${end.stdout}`);
      digest = events(end).find(({ event }) => event === "stage_ended")?.digest;
    }
    await settled(database.url);
    const [seen] = (await look(database.url)).campaigns;
    if (!seen) throw new Error("unbroken, there is no campaign");
    return { seen, digest };
  } finally {
    await database.drop();
  }
}
