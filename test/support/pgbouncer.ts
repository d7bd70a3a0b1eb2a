import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./barrier.ts";
import { query } from "./fleet.ts";
import { freePort } from "./port.ts";

/** The program: SENTINEL_PGBOUNCER, else that of PATH. */
const PROGRAM = process.env.SENTINEL_PGBOUNCER ?? "pgbouncer";
/** Debian's account without rights: pgbouncer refuses to run as root. */
const NOBODY = 65_534;

/** What is known of pgbouncer here: its version, or undefined where it can't be run. */
export function pgbouncerVersion(): string | undefined {
  const { stdout, status } = spawnSync(PROGRAM, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}

export interface Pooler {
  /** The address of a database behind it. */
  url(database: string): string;
  stop(): Promise<void>;
}

/**
 * Puts pgbouncer in transaction mode before a server.
 * @param ignored settings that a client asks for at its start and pgbouncer is to let pass.
 */
export async function startPooler(serverUrl: string, ignored: readonly string[]): Promise<Pooler> {
  const { hostname, port, username, password } = new URL(serverUrl);
  const folder = mkdtempSync(join(tmpdir(), "sentinel-pooler-"));
  chmodSync(folder, 0o755);
  const own = await freePort();
  const file = join(folder, "pgbouncer.ini");
  const server = `host=${hostname} port=${port} user=${username} password='${decodeURIComponent(password)}'`;
  const settings = {
    ...{ listen_addr: "127.0.0.1", listen_port: own, unix_socket_dir: "", auth_type: "any", pool_mode: "transaction" },
    ...{ default_pool_size: 10, ignore_startup_parameters: ignored.join(",") },
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(file, ["[databases]", `* = ${server}`, "[pgbouncer]", ...lines, ""].join("\n"));
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(PROGRAM, [file], { ...account, stdio: "ignore" });
  const ended = once(child, "exit");
  const url = (database: string): string => `postgres://${username}@127.0.0.1:${own}/${database}`;
  await until("pgbouncer answers", async () => {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    return query(url("postgres"), "SELECT 1").then(
      () => true,
      () => false,
    );
  });
  return {
    url,
    async stop() {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
