import { bind } from "../pipelines/db/sql.ts";
import { bytesOf, Crew } from "./crew.ts";
import { breakGround, type Ground } from "./ground.ts";
import { bucketsOf, LANES, Sessions } from "./sessions.ts";
import type { Side } from "./side.ts";
import { statement, withFile } from "./statement.ts";
import type { Work } from "./work.ts";

const SMALL_BATCH = 500;
const LARGE_BATCH = 50_000;
const LIMITS = {
  limit: "server-side COPY of ready files, two sessions, key built at the end",
  limit_keyed: "server-side COPY of ready files, two sessions, key in place",
};

/** Storing the fleet: ours, in small batches and in large ones, against the server reading ready files by itself. */
export const ingest: Work = {
  name: "ingest",
  help: "storing a fleet, against the server's own COPY of ready files",
  unit: "devices/s",
  comparisons: [
    { name: "ours", side: "ours", limits: LIMITS, goal: 0.8 },
    { name: "ours_large", side: "ours_large", limits: LIMITS, goal: 1 },
  ],
  async open(place) {
    const ground = await breakGround(place);
    const crew = new Crew(ground);
    await crew.generate(() => {});
    const files = await writeFiles(ground);
    await ground.client.query(statement("ingest_limit_table"));
    return [
      stored(crew, "ours", SMALL_BATCH),
      stored(crew, "ours_large", LARGE_BATCH),
      loaded(ground, files, "limit"),
      loaded(ground, files, "limit_keyed"),
    ];
  },
};

function stored(crew: Crew, name: string, batchSize: number): Side {
  return {
    name,
    async reset() {
      await crew.ready();
      await crew.forget("generate");
    },
    work: (phase) => crew.generate(phase, { batchSize }),
    inspect: () => crew.notes("generate"),
  };
}

/** The limit is spared the ANALYZE that ours ends with. */
function loaded({ target, client, devices }: Ground, files: readonly string[], name: "limit" | "limit_keyed"): Side {
  const sessions = new Sessions(target);
  const keyed = name === "limit_keyed";
  return {
    name,
    async reset() {
      await sessions.open();
      await client.query(statement("ingest_limit_reset"));
      if (keyed) await client.query(statement("ingest_limit_key"));
    },
    async work(phase) {
      phase("load");
      await sessions.each((session, lane) => session.query(withFile("ingest_limit_load", files[lane] ?? "")));
      if (keyed) return devices;
      phase("key");
      await client.query(statement("ingest_limit_key"));
      return devices;
    },
    inspect: async () => ({ diskBytes: await bytesOf({ client }, ["bench_ingest"]) }),
    close: () => sessions.close(),
  };
}

/** Has the server write one file a session, in key order, where it can surely read it again. */
async function writeFiles({ client, atEnd }: Ground): Promise<readonly string[]> {
  const { rows } = await client.query<{ folder: string }>(statement("data_directory"));
  const files = Array.from(
    { length: LANES },
    (_, lane) => `${rows[0]?.folder}/sentinel_bench_${process.pid}_${lane}.copy`,
  );
  for (const [lane, file] of files.entries()) {
    // The server can write a file, but not remove it.
    atEnd(() => client.query(withFile("empty_file", file)));
    const [first, last] = bucketsOf(lane);
    await client.query(bind(withFile("ingest_limit_file", file), { first, last }));
  }
  return files;
}
