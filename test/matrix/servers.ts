import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../support/barrier.ts";
import { query } from "../support/fleet.ts";
import { freePort } from "../support/port.ts";

/** Where Debian and its like keep several PostgreSQL side by side. */
const HOME = "/usr/lib/postgresql";
/** Debian's account without rights: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/** The versions of PostgreSQL that this machine has programs of, with the folder of each. */
export function installedServers(): { major: number; programs: string }[] {
  if (!existsSync(HOME)) return [];
  return readdirSync(HOME)
    .map((name) => ({ major: Number(name), programs: join(HOME, name, "bin") }))
    .filter(({ major, programs }) => major >= 15 && existsSync(join(programs, "postgres")))
    .sort((a, b) => a.major - b.major);
}

/** Runs with a server of those programs, in a folder of its own, for this machine alone. */
export async function withServer<T>(programs: string, work: (url: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-matrix-"));
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (account.uid) chownSync(folder, account.uid, account.gid);
  const data = join(folder, "data");
  const port = await freePort();
  const words = ["--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-sync"];
  execFileSync(join(programs, "initdb"), words, { ...account, cwd: folder, stdio: "pipe" });
  const settings = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "", max_wal_size: "2GB" };
  const given = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(programs, "postgres"), ["-D", data, ...given], {
    ...account,
    cwd: folder,
    stdio: "ignore",
  });
  const ended = once(server, "exit");
  try {
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    await until("the server answers", async () => {
      if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`);
      return query(url, "SELECT 1").then(
        () => true,
        () => false,
      );
    });
    return await work(url);
  } finally {
    // A fast shutdown: whoever is still connected is thrown out.
    server.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}
