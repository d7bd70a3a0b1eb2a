import { randomUUID } from "node:crypto";
import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { newClient, type SessionConfig } from "./client.ts";
import { standInNote, standInOf } from "./cloud-sql/endpoint.ts";
import { readCloudSqlUrl, SCHEME } from "./cloud-sql/url.ts";
import { acquireEmbedded } from "./embedded/server.ts";
import { explain } from "./explain.ts";
import { sql } from "./sql.ts";
import { readTls, type TlsPlan, type TlsSettings, tlsPlan } from "./tls.ts";
import { watch } from "./watch.ts";
import { actAs } from "./writer-role.ts";

/** Where to connect, and how to name it to a person. `config` may be sent to a worker thread. */
export interface Target {
  readonly config: SessionConfig;
  /** user@host:port/database: never a password. */
  readonly label: string;
  /** What the settings came from. */
  readonly source: string;
  /** What `config.ssl` was read from. */
  readonly tls?: TlsPlan;
  /** What each session acts as, instead of the user that it logged in as. */
  readonly role?: string;
}

/** A target, and what to do when it is not needed any more. */
export interface Database {
  readonly target: Target;
  readonly embedded: boolean;
  release(): Promise<void>;
}

export interface ConnectSources {
  readonly databaseUrl?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly projectRoot: string;
  readonly signal?: AbortSignal;
  readonly note?: (line: string) => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** This process: by it a command finds its own sessions. */
const APPLICATION = `sentinel-ota ${randomUUID().slice(0, 8)}`;

/** Milliseconds. The server gives up before the client does, so that no statement goes on unwatched. */
const SESSION = { statement_timeout: 1_800_000, lock_timeout: 30_000, idle_in_transaction_session_timeout: 120_000 };

/** The database that was asked for: by option, `DATABASE_URL`, `DB_HOST` and its like, or `PG*`; else the embedded server. */
export async function openDatabase(sources: ConnectSources): Promise<Database> {
  const external = externalTarget(sources);
  if (external) {
    const { api } = external.config.cloudSql ?? {};
    if (api !== undefined) sources.note?.(standInNote(api));
    return { target: external, embedded: false, release: async () => {} };
  }
  const server = await acquireEmbedded({
    projectRoot: sources.projectRoot,
    ...(sources.signal ? { signal: sources.signal } : {}),
    ...(sources.note ? { note: sources.note } : {}),
  });
  const embedded = fromUrl(server.connectionString, "the embedded server", {});
  return { target: embedded, embedded: true, release: () => server.release() };
}

/** Opens a session. */
export async function connect(target: Target): Promise<pg.Client> {
  let client: pg.Client | undefined;
  try {
    client = await newClient(target.config);
    await client.connect();
    // Before the first question: any of them may be the one that is never answered.
    watch(client, target.config);
    await client.query(sql("session.mind_the_client")).catch(() => {});
    if (target.role !== undefined) await actAs(client, target.role);
    return client;
  } catch (error) {
    await client?.end().catch(() => {});
    throw explain(error, target);
  }
}

/** Runs with a session of its own and closes it, whatever happens. */
export async function withClient<T>(target: Target, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(target);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The target that the user named, or undefined where none was. */
export function externalTarget({ databaseUrl, env }: Pick<ConnectSources, "databaseUrl" | "env">): Target | undefined {
  if (databaseUrl) return fromUrl(databaseUrl, "--database-url", env);
  if (env.DATABASE_URL) return fromUrl(env.DATABASE_URL, "DATABASE_URL", env);
  if (env.DB_HOST || env.DB_PORT || env.DB_PASS) {
    const { DB_HOST: host = "127.0.0.1", DB_PORT: port, DB_USER: user, DB_PASS: password, DB_NAME: database } = env;
    return target({ host, port, user, password, database, source: "DB_HOST, DB_PORT and DB_PASS" }, env);
  }
  if (env.PGHOST || env.PGPORT || env.PGUSER || env.PGDATABASE) {
    const { PGHOST: host = "127.0.0.1", PGPORT: port, PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = env;
    return target({ host, port, user, password, database, sslmode: env.PGSSLMODE, source: "PG* variables" }, env);
  }
  return undefined;
}

function fromUrl(text: string, source: string, env: NodeJS.ProcessEnv): Target {
  if (text.startsWith(SCHEME)) return cloudSqlTarget(text, source, env);
  const url = URL.canParse(text) && isDecodable(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || isCutShort(url)) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `${source} is not a PostgreSQL URL.`,
      remedy: "Write it as postgres://user:password@host:5432/database, with special characters percent-encoded.",
    });
  }
  const parameter = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  const part = (value: string): string | undefined => (value === "" ? undefined : decodeURIComponent(value));
  return target(
    {
      host: url.searchParams.get("host") ?? part(url.hostname.replace(/^\[|\]$/g, "")) ?? "127.0.0.1",
      port: url.searchParams.get("port") ?? part(url.port),
      user: part(url.username),
      password: part(url.password),
      database: part(url.pathname.slice(1)),
      sslmode: parameter("sslmode"),
      sslrootcert: parameter("sslrootcert"),
      sslcert: parameter("sslcert"),
      sslkey: parameter("sslkey"),
      sslservername: parameter("sslservername"),
      source,
    },
    env,
  );
}

/** A password with a % of its own is no URL's, and must not be told by the error that says so. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A / ? or # in a password ends the host too early, and an @ follows where none is: what was read as host and database would be shown. */
function isCutShort({ pathname, searchParams, hash }: URL): boolean {
  return [pathname, hash, ...searchParams.keys()].some((part) => part.includes("@"));
}

interface Settings extends TlsSettings {
  host: string;
  port?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  database?: string | undefined;
  source: string;
}

function target(settings: Settings, env: NodeJS.ProcessEnv): Target {
  const { host, source } = settings;
  const port = Number(settings.port ?? 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `${source} names a port that is not one.`,
      remedy: "Use a number from 1 to 65535.",
    });
  }
  const user = settings.user ?? "postgres";
  const database = settings.database ?? user;
  const { sslmode, sslrootcert, sslcert, sslkey, sslservername } = settings;
  const tls = tlsPlan(host, { sslmode, sslrootcert, sslcert, sslkey, sslservername }, env);
  const password = settings.password ?? env.PGPASSWORD;
  const config: pg.ClientConfig = {
    host,
    port,
    user,
    database,
    application_name: APPLICATION,
    connectionTimeoutMillis: connectTimeoutMs(env),
    keepAlive: true,
    ssl: tls ? readTls(tls) : false,
    ...SESSION,
    ...(password === undefined ? {} : { password }),
  };
  return { config, label: `${user}@${host}:${port}/${database}`, source, ...(tls ? { tls } : {}) };
}

/** An instance of Cloud SQL by its name: where it is, and how to secure the way to it, each session asks Google's API. */
function cloudSqlTarget(text: string, source: string, env: NodeJS.ProcessEnv): Target {
  const { user, database, plan, ...given } = readCloudSqlUrl(text, source, standInOf(env));
  const password = plan.iam ? undefined : (given.password ?? env.PGPASSWORD);
  const config: SessionConfig = {
    host: plan.instance,
    user,
    database,
    application_name: APPLICATION,
    connectionTimeoutMillis: connectTimeoutMs(env),
    cloudSql: plan,
    ...SESSION,
    ...(password === undefined ? {} : { password }),
  };
  return { config, label: `${user}@${plan.instance}/${database}`, source };
}

/** As libpq reads it: whole seconds. */
function connectTimeoutMs({ PGCONNECT_TIMEOUT: given }: NodeJS.ProcessEnv): number {
  if (given === undefined || given === "") return CONNECT_TIMEOUT_MS;
  const seconds = Number(given);
  if (Number.isInteger(seconds) && seconds > 0 && seconds <= 3_600) return seconds * 1_000;
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `PGCONNECT_TIMEOUT is "${given}".`,
    remedy: "Give the seconds to wait for a server as a whole number from 1 to 3600, or unset it for 10.",
  });
}
