import { type ConnectionOptions, checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";
import pg from "pg";
import type { CloudSqlPlan } from "./cloud-sql/url.ts";

/** What a session is opened by. Plain data, so that it can be sent to a worker thread. */
export interface SessionConfig extends pg.ClientConfig {
  /** Set for an instance of Cloud SQL: `host` is its name then, and TLS is between the connector and it. */
  readonly cloudSql?: CloudSqlPlan;
}

const PATIENCE_MS = 10_000;

/** pg's connection; its socket is replaced by that of TLS, which it tells of as soon as the handshake is about to begin. */
interface Inside {
  readonly connection: {
    readonly stream: TLSSocket;
    once(event: "sslconnect", listener: () => void): void;
  };
}

/**
 * A session that is not connected yet. `ssl.servername` is the name that the server's certificate must have, instead of the host's: pg would overwrite
 * it, and it may be one that no host can have. An error of the handshake has the server's certificate as `cert`.
 */
export async function newClient({ cloudSql, ...config }: SessionConfig): Promise<pg.Client> {
  const client = new pg.Client(cloudSql ? await overCloudSql(cloudSql, config) : withTls(config));
  // A session that the server ends while it idles is noticed by its next statement, not by a crash.
  client.on("error", () => {});
  if (config.ssl) keepCertificate(client);
  return client;
}

/** Google's packages take a third of a second to load, which only those pay who use them. */
async function overCloudSql(plan: CloudSqlPlan, config: pg.ClientConfig): Promise<pg.ClientConfig> {
  const { dial } = await import("./cloud-sql/socket.ts");
  return { ...config, ssl: false, stream: await dial(plan, config.connectionTimeoutMillis ?? PATIENCE_MS) };
}

const withTls = (config: pg.ClientConfig): pg.ClientConfig =>
  typeof config.ssl === "object" ? { ...config, ssl: identified(config.ssl) } : config;

/** A copy, since pg hides the key from whoever copies its configuration later, to send it to a worker for example. */
function identified({ servername, ...ssl }: ConnectionOptions): ConnectionOptions {
  if (servername === undefined) return ssl;
  return { ...ssl, checkServerIdentity: (_host, cert) => checkServerIdentity(servername, cert) };
}

/** Node tells what is wrong with a certificate, but not which it was; that can be had only until it ends the connection. */
function keepCertificate(client: pg.Client): void {
  const { connection } = client as unknown as Inside;
  connection.once("sslconnect", () => {
    const { stream } = connection;
    let cert: PeerCertificate | undefined;
    stream.prependOnceListener("secure", () => {
      cert = stream.getPeerCertificate();
    });
    stream.prependOnceListener("error", (error) => {
      Object.assign(error, { cert });
      // Else pg, to take its leave, waits for ever: a server that refuses our certificate says so after the handshake, and hears no more.
      stream.destroy();
    });
  });
}
