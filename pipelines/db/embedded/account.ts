import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { databaseError, OWN_SERVER } from "./failure.ts";

/** The account that the server runs as, where it is not our own. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const PREFERRED = ["postgres", "nobody"];

/**
 * PostgreSQL refuses to run as root: under root, the owner of the data folder, else an unprivileged account.
 * Undefined for anybody else, who runs it as himself.
 */
export function serverAccount(dataFolder: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataFolder, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const entries = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of PREFERRED) {
    const entry = entries.map((line) => line.split(":")).find((fields) => fields[0] === name);
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw databaseError(
    `PostgreSQL refuses to run as root, and there is no account ${PREFERRED.join(" or ")} to run it as.`,
    `Run the command as an ordinary user, add such an account, ${OWN_SERVER}.`,
    "useradd --system postgres",
  );
}

/** Whether the account may pass through every folder above the path, and read (or enter) the path itself. */
export function canReach(account: Account, path: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (!allows(account, folder, 0o1)) return false;
    if (folder === dirname(folder)) break;
  }
  return allows(account, path, 0o4);
}

function allows(account: Account, path: string, bit: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  const shift = stat.uid === account.uid ? 6 : stat.gid === account.gid ? 3 : 0;
  return (stat.mode & (bit << shift)) !== 0;
}
