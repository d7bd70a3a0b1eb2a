import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { table } from "../../pipelines/cli/format.ts";
import { pgbouncerVersion } from "../support/pgbouncer.ts";
import { findNodes } from "./nodes.ts";
import { installedServers, withServer } from "./servers.ts";
import { CORE, type Place, runTests } from "./suite.ts";
import { type Outcome, skipped, verdict } from "./verdict.ts";

const projectRoot = fileURLToPath(new URL("../../", import.meta.url));
const home = join(projectRoot, "data", "local", "matrix");
const EMBEDDED = 18;
const OLDEST = 15;
const POOLER_TESTS = ["test/pooler.test.ts"];

/** `npm run test:matrix -- [file ...]`: the files, else the core of the suite, on each Node and on each PostgreSQL that is to be had. */
async function main(files: readonly string[]): Promise<number> {
  const rows: [string, Outcome][] = [];
  const add = (name: string, outcome: Outcome): void => {
    rows.push([name, outcome]);
    process.stderr.write(`${name}: ${outcome.result}, ${outcome.why}\n`);
  };
  for (const node of findNodes(home)) {
    const name = `${node.name}, PostgreSQL ${EMBEDDED} (embedded)`;
    add(
      name,
      "program" in node ? await outcome(name, files, { program: node.program, env: {} }) : skipped(node.missing),
    );
  }
  await onServers(files, add);
  await onPooler(add);
  const cells = rows.map(([name, { result, why }]) => [name, result, why]);
  process.stdout.write(`${table(["where", "result", "why"], cells)}\n`);
  return rows.some(([, { result }]) => result === "failed") ? 1 : 0;
}

type Add = (name: string, outcome: Outcome) => void;

async function onServers(files: readonly string[], add: Add): Promise<void> {
  const found = installedServers();
  if (!found.some(({ major }) => major === OLDEST)) {
    add(`PostgreSQL ${OLDEST}`, skipped("no programs of it are installed (Debian: postgresql-15)"));
  }
  for (const { major, programs } of found) {
    const name = `Node ${process.versions.node}, PostgreSQL ${major} (installed)`;
    const run = (url: string): Promise<Outcome> =>
      outcome(name, files, { program: process.execPath, env: { SENTINEL_TEST_DATABASE_URL: url } });
    add(name, await withServer(programs, run));
  }
}

async function onPooler(add: Add): Promise<void> {
  const version = pgbouncerVersion();
  if (version === undefined) return add("pgbouncer, transaction mode", skipped("it is not installed"));
  const name = `${version}, transaction mode`;
  add(name, await outcome(name, POOLER_TESTS, { program: process.execPath, env: {} }));
}

async function outcome(
  name: string,
  files: readonly string[],
  place: Pick<Place, "program" | "env">,
): Promise<Outcome> {
  const log = join(home, `${name.replace(/[^A-Za-z0-9]+/g, "-")}.log`);
  return verdict(await runTests(files, { ...place, projectRoot, log }), log);
}

const files = process.argv.slice(2);
process.exitCode = await main(files.length > 0 ? files : CORE);
