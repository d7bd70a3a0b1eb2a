import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { databaseError, folderError, OWN_SERVER, programFailure } from "./failure.ts";
import type { Home, Seat } from "./home.ts";
import { makePassword, readPassword } from "./password.ts";
import { runProgram } from "./program.ts";

export const SUPERUSER = "sentinel";

export interface ClusterNeeds {
  readonly home: Home;
  readonly seat: Seat;
  readonly binaries: Binaries;
  readonly signal: AbortSignal | undefined;
  readonly note: (line: string) => void;
}

/** Sees to it that there is a whole data folder of this version, and that we know its password. */
export async function ensureCluster(needs: ClusterNeeds): Promise<void> {
  const { seat } = needs;
  for (const name of readdirSync(seat.folder).filter((entry) => entry.startsWith("initdb-"))) {
    rmSync(join(seat.folder, name), { recursive: true, force: true });
  }
  if (existsSync(seat.data) && !existsSync(join(seat.data, "global", "pg_control"))) setAside(needs);
  if (!existsSync(seat.data)) return createCluster(needs);
  checkVersion(needs);
  if (readPassword(needs.home) === undefined) await replacePassword(needs);
}

/** Half a data folder is never used and never deleted: somebody may know what it was. */
function setAside({ seat, note }: ClusterNeeds): void {
  let count = 1;
  while (existsSync(`${seat.data}.incomplete-${count}`)) count++;
  renameSync(seat.data, `${seat.data}.incomplete-${count}`);
  note(`The data folder was incomplete; it is now ${seat.data}.incomplete-${count}, and a new one is made.`);
}

function checkVersion({ seat, binaries }: ClusterNeeds): void {
  const found = readFileSync(join(seat.data, "PG_VERSION"), "utf8").trim();
  if (found === String(binaries.major)) return;
  throw databaseError(
    `The embedded database was made by PostgreSQL ${found}, and this is PostgreSQL ${binaries.major}; nothing was changed.`,
    `Move the old folder away to start afresh, go back to the earlier release, ${OWN_SERVER}.`,
    `mv "${seat.data}" "${seat.data}-${found}"`,
  );
}

/** initdb works in a folder of its own, which takes its place only when it is whole. */
async function createCluster({ home, seat, binaries, signal, note }: ClusterNeeds): Promise<void> {
  note("Making the embedded database (once).");
  const unfinished = join(seat.folder, `initdb-${process.pid}`);
  const passwordFile = `${unfinished}.password`;
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    const password = makePassword(home);
    writeFileSync(passwordFile, password, { mode: 0o600, flag: "wx" });
    if (seat.account)
      for (const path of [unfinished, passwordFile]) chownSync(path, seat.account.uid, seat.account.gid);
    const result = await runProgram(seat, binaries.initdb, initdbArguments(unfinished, passwordFile), { signal });
    signal?.throwIfAborted();
    if (result.code !== 0) throw programFailure("The embedded database could not be made.", result.output);
    renameSync(unfinished, seat.data);
  } catch (error) {
    throw folderError(seat.folder, error);
  } finally {
    for (const path of [unfinished, passwordFile]) rmSync(path, { recursive: true, force: true });
  }
}

function initdbArguments(folder: string, passwordFile: string): string[] {
  const settings = ["timezone=UTC", "log_timezone=UTC"].flatMap((setting) => ["-c", setting]);
  return [
    ...["-D", folder, "-U", SUPERUSER, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
    ...["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions", ...settings],
  ];
}

/** The password file was lost: a server without network, for this one statement, sets a new one. */
async function replacePassword({ home, seat, binaries, signal, note }: ClusterNeeds): Promise<void> {
  note("The password file of the embedded database is gone; setting a new password.");
  const password = makePassword(home);
  const result = await runProgram(seat, binaries.postgres, ["--single", "-D", seat.data, "postgres"], {
    input: `ALTER ROLE ${SUPERUSER} PASSWORD '${password}'\n`,
    signal,
  });
  if (result.code === 0 && !/ERROR|FATAL/.test(result.output)) return;
  rmSync(home.password, { force: true });
  throw programFailure("The password of the embedded database could not be renewed.", result.output);
}
