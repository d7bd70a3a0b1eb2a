import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverAccount } from "../../pipelines/db/embedded/account.ts";
import { acquireEmbedded } from "../../pipelines/db/embedded/server.ts";
import { until } from "./barrier.ts";
import type { Certificate } from "./certificates.ts";
import { query } from "./fleet.ts";
import { temporaryProject } from "./project.ts";

/** A real PostgreSQL that speaks TLS. */
export interface TlsServer {
  /** Of its superuser, in the clear: for the test itself. */
  readonly url: string;
  /** Lets the server show another certificate from now on. */
  show(shown: Certificate): Promise<void>;
  stop(): Promise<void>;
}

/** Whom it lets in how. `secured` needs TLS, `known` a certificate beside his password. */
const ACCESS = `
hostssl   all known   127.0.0.1/32 scram-sha-256 clientcert=verify-full
hostssl   all secured 127.0.0.1/32 scram-sha-256
hostnossl all known   127.0.0.1/32 reject
hostnossl all sentinel 127.0.0.1/32 scram-sha-256
hostssl   all sentinel 127.0.0.1/32 scram-sha-256
`;

/** Starts it with a certificate; certificates of clients must be made by the authority. */
export async function tlsServer(shown: Certificate, authority: Certificate): Promise<TlsServer> {
  const project = temporaryProject();
  const folder = join(project.root, "tls");
  mkdirSync(folder, { mode: 0o711 });
  const account = serverAccount(folder);
  const put = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    // The server refuses a key that is not its account's own.
    if (account) chownSync(file, account.uid, account.gid);
    return file;
  };
  const server = await acquireEmbedded({
    projectRoot: project.root,
    settings: {
      shared_buffers: "64MB",
      ssl: "on",
      ssl_cert_file: put("server.crt", shown.cert),
      ssl_key_file: put("server.key", shown.key),
      ssl_ca_file: put("clients.crt", authority.cert),
      hba_file: put("pg_hba.conf", ACCESS),
    },
  });
  const url = server.connectionString;
  const loaded = async () => (await query(url, "SELECT pg_conf_load_time()::text AS at"))[0]?.at;
  return {
    url,
    async show(next) {
      const before = await loaded();
      put("server.crt", next.cert);
      put("server.key", next.key);
      await query(url, "SELECT pg_reload_conf()");
      await until("the server has read its certificate", async () => (await loaded()) !== before);
    },
    async stop() {
      await server.release();
      await project.remove();
    },
  };
}
