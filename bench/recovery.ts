import { bytesOf, Crew } from "./crew.ts";
import { breakGround, type Ground } from "./ground.ts";
import { prototype } from "./prototype.ts";
import { bucketsOf, Sessions } from "./sessions.ts";
import type { Side } from "./side.ts";
import { statement } from "./statement.ts";
import type { Work } from "./work.ts";

const WIDE = "bare HOT UPDATE and audit INSERT, two sessions, a table with the words as columns";
const NARROW = "bare HOT UPDATE and audit INSERT, two sessions, a table as narrow as ours";

/** Deciding the Partial devices of a stored fleet: ours, the least that an UPDATE in place can cost, and the prototype's way. */
export const recovery: Work = {
  name: "recovery",
  help: "deciding the Partial devices, against a bare UPDATE and an audit, and against the prototype's way",
  unit: "devices/s",
  comparisons: [
    { name: "ours", side: "ours", limits: { limit_wide: WIDE, limit_narrow: NARROW }, goal: 1.5 },
    { name: "ours_to_wide", side: "ours", limits: { limit_wide: WIDE } },
    { name: "ours_to_narrow", side: "ours", limits: { limit_narrow: NARROW } },
    {
      name: "ours_to_prototype",
      side: "ours",
      limits: { prototype: "one UPDATE a device, autocommit, two workers" },
      goal: 20,
    },
  ],
  async open(place) {
    const ground = await breakGround(place);
    const crew = new Crew(ground);
    await crew.generate(() => {});
    await crew.corrupt();
    for (const name of ["recovery_wide_tables", "recovery_narrow_tables", "prototype_table"])
      await ground.client.query(statement(name));
    return [decided(crew), updated(ground, "wide"), updated(ground, "narrow"), prototype(ground)];
  },
};

function decided(crew: Crew): Side {
  return {
    name: "ours",
    async reset() {
      await crew.ready();
      await crew.forget("recover");
    },
    work: (phase) => crew.recover(phase),
    inspect: () => crew.notes("recover"),
  };
}

function updated({ target, client }: Ground, width: "wide" | "narrow"): Side {
  const sessions = new Sessions(target);
  return {
    name: `limit_${width}`,
    close: () => sessions.close(),
    async reset() {
      await sessions.open();
      await client.query(statement(`recovery_${width}_reset`));
      await client.query(`VACUUM (ANALYZE) bench_${width}, bench_${width}_audit`);
      await client.query("SELECT pg_stat_reset()");
    },
    async work() {
      const rows = await sessions.each(async (session, lane) => {
        const buckets = bucketsOf(lane);
        await session.query("BEGIN");
        await session.query(statement(`recovery_${width}_audit`), [...buckets]);
        const { rowCount } = await session.query(statement(`recovery_${width}_update`), [...buckets]);
        await session.query("COMMIT");
        return rowCount ?? 0;
      });
      return rows.reduce((sum, one) => sum + one, 0);
    },
    async inspect() {
      // A session hands in what it counted when it goes idle, but not more often than once a second.
      await sessions.close();
      const { rows } = await client.query<{ share: number }>(statement("hot_updates"), [`bench_${width}`]);
      const diskBytes = await bytesOf({ client }, [`bench_${width}`, `bench_${width}_audit`]);
      return { diskBytes, facts: { hot_updates: { value: rows[0]?.share ?? 0, unit: "share" } } };
    },
  };
}
