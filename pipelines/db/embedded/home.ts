import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Account, canReach, serverAccount } from "./account.ts";
import { databaseError, folderError, OWN_SERVER } from "./failure.ts";

/** Where the embedded server keeps what. */
export interface Home {
  /** Ours: password, log, port, users, lock. */
  readonly folder: string;
  readonly log: string;
  readonly password: string;
  readonly port: string;
  readonly users: string;
  readonly lock: string;
  readonly pin: string;
  /** Names the seat, where that is another folder. */
  readonly seatRecord: string;
}

/** Where the server's own account can work: the home, or, where it can't reach that, a folder elsewhere. */
export interface Seat {
  readonly folder: string;
  readonly data: string;
  readonly account: Account | undefined;
}

export function homeAt(folder: string): Home {
  const path = (name: string) => join(folder, name);
  return {
    folder,
    log: path("postgres.log"),
    password: path("password"),
    port: path("port"),
    users: path("users"),
    lock: path("lock"),
    pin: path("pinned"),
    seatRecord: path("seat"),
  };
}

export function locateHome(options: { projectRoot: string; home?: string }): Home {
  return homeAt(resolve(options.home ?? join(options.projectRoot, "data", "local", "postgres")));
}

/** Makes the home's folders, or says why they can't be made. */
export function prepareHome(home: Home): void {
  try {
    const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
    if (mkdirSync(home.folder, { recursive: true })) chmodSync(home.folder, mode);
    mkdirSync(home.users, { recursive: true });
    mkdirSync(home.lock, { recursive: true });
    rmdirSync(mkdtempSync(join(home.folder, ".probe-")));
  } catch (error) {
    throw folderError(home.folder, error);
  }
}

/** The folder that was taken as seat, whether or not it holds data yet. */
export function seatFolder(home: Home): string {
  return existsSync(home.seatRecord) ? readFileSync(home.seatRecord, "utf8").trim() : home.folder;
}

/** The seat that holds a data folder already, or undefined. */
export function existingSeat(home: Home): Seat | undefined {
  const recorded = seatFolder(home);
  return existsSync(join(recorded, "data")) ? seatAt(recorded) : undefined;
}

/** The existing seat, or the first folder that the server's account can work in; it is recorded for the next command. */
export function takeSeat(home: Home): Seat {
  const existing = existingSeat(home);
  if (existing) return existing;
  const account = serverAccount(join(home.folder, "data"));
  const folder = candidates(home, account).find((candidate) => isUsable(candidate, account, home));
  if (!folder) {
    throw databaseError(
      "No folder was found in which PostgreSQL may keep its data as an unprivileged user.",
      `Run the command as an ordinary user, ${OWN_SERVER}.`,
    );
  }
  if (folder !== home.folder) writeFileSync(home.seatRecord, `${folder}\n`);
  return seatAt(folder);
}

function seatAt(folder: string): Seat {
  const data = join(folder, "data");
  return { folder, data, account: serverAccount(data) };
}

function candidates(home: Home, account: Account | undefined): string[] {
  const name = createHash("sha256").update(home.folder).digest("hex").slice(0, 16);
  const state = account ? "/var/lib/sentinel-ota" : join(homedir(), ".local", "state", "sentinel-ota");
  return [home.folder, join(state, name), join(tmpdir(), `sentinel-ota-${name}`)];
}

/** Tries what initdb will need: a folder of the account's own that stays private (some shared file systems forget both). */
function isUsable(folder: string, account: Account | undefined, home: Home): boolean {
  try {
    if (folder !== home.folder) makeSeat(folder, account);
    if (statSync(folder).uid !== (process.getuid?.() ?? 0) && folder !== home.folder) return false;
    const probe = mkdtempSync(join(folder, ".probe-"));
    try {
      if (account) chownSync(probe, account.uid, account.gid);
      const stat = statSync(probe);
      if (process.platform === "win32") return true;
      if ((stat.mode & 0o777) !== 0o700 || stat.uid !== (account?.uid ?? process.getuid?.())) return false;
      return account === undefined || canReach(account, probe);
    } finally {
      rmdirSync(probe);
    }
  } catch {
    if (folder !== home.folder) removeIfEmpty(folder);
    return false;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // In use, or not ours.
  }
}

function makeSeat(folder: string, account: Account | undefined): void {
  mkdirSync(dirname(folder), { recursive: true });
  if (existsSync(folder)) return;
  mkdirSync(folder, { mode: 0o700 });
  if (account) chmodSync(folder, 0o711);
}
