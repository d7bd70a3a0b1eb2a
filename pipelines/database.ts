import { commandLine } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { count, table } from "./cli/format.ts";
import { advise, type Findings } from "./db/advise.ts";
import { campaignFor } from "./db/campaigns.ts";
import { standInNote } from "./db/cloud-sql/endpoint.ts";
import { externalTarget, type Target, withClient } from "./db/connect.ts";
import { findPsql, runPsql } from "./db/console/psql.ts";
import { runConsole } from "./db/console/run.ts";
import { campaignDigest } from "./db/digest.ts";
import { describeStatus, folderBytes, jsonStatus } from "./db/embedded/report.ts";
import { embeddedStatus, pinEmbedded, stopEmbedded } from "./db/embedded/server.ts";

export interface DatabaseIo {
  env: NodeJS.ProcessEnv;
  projectRoot: string;
  stdout: (text: string) => void;
  stderr: (text: string) => void;
  signal: AbortSignal;
  /** The database that is configured; the embedded one is started by it. */
  resolve: () => Promise<{ url: string; embedded: boolean; release(): Promise<void> }>;
}

export const DATABASE_HELP = `Usage: npm run db -- <what> [options]

  start             start the embedded server, and keep it running
  url               print the connection string (starts the embedded server, and keeps it running)
  psql [arguments]  ask in SQL: psql with these arguments, or a small prompt of our own (-c SQL, or SQL from stdin)
  advise [--json]   say what settings of the server would help, and what the link to it asks for
  digest [campaign] the fingerprint of what a campaign logically is: the same for the same seed
  status [--json]   say what runs, where, and who uses it
  stop [--force]    stop the embedded server; --force also while others use it

With DATABASE_URL (or DB_HOST, PGHOST) set, url, psql, advise and digest mean that server; start and stop leave it alone.
`;

/** `npm run db`: the database by hand. */
export async function databaseCommand(args: string[], io: DatabaseIo): Promise<number> {
  const [what = "--help", ...rest] = args;
  if (what === "--help" || what === "-h" || what === "help" || (what !== "psql" && rest.includes("--help"))) {
    io.stdout(DATABASE_HELP);
    return EXIT.ok;
  }
  const command = COMMANDS[what];
  if (!command) throw usage(`There is no "db ${what}".`);
  const unknown = command.options && rest.find((option) => !command.options?.includes(option));
  if (unknown) throw usage(`"db ${what}" does not know ${unknown}.`);
  return command.run(rest, io);
}

interface Command {
  /** The options it knows; undefined: it takes any. */
  readonly options?: readonly string[];
  readonly run: (args: string[], io: DatabaseIo) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  start: { options: [], run: start },
  url: { options: [], run: url },
  psql: { run: psql },
  advise: { options: ["--json"], run: giveAdvice },
  digest: { run: digest },
  status: { options: ["--json"], run: status },
  stop: { options: ["--force"], run: stop },
};

async function start(_args: string[], io: DatabaseIo): Promise<number> {
  refuseExternal(io, "started");
  await pinEmbedded(embedded(io));
  const { port } = await embeddedStatus(embedded(io));
  io.stderr(`The embedded server runs on port ${port} until: npm run db -- stop\n`);
  return EXIT.ok;
}

async function url(_args: string[], io: DatabaseIo): Promise<number> {
  if (!externalTarget({ env: io.env })) {
    io.stdout(`${await pinEmbedded(embedded(io))}\n`);
    return EXIT.ok;
  }
  const database = await io.resolve();
  io.stdout(`${database.url}\n`);
  await database.release();
  return EXIT.ok;
}

async function status(args: string[], io: DatabaseIo): Promise<number> {
  const external = externalTarget({ env: io.env });
  const state = await embeddedStatus(embedded(io));
  const bytes = state.dataFolder === undefined ? 0 : folderBytes(state.dataFolder);
  if (args.includes("--json")) {
    io.stdout(`${JSON.stringify({ external: external?.label ?? null, ...jsonStatus(state, bytes) })}\n`);
    return EXIT.ok;
  }
  if (external) io.stdout(`configured  ${external.label} (from ${external.source}); the embedded server is not used\n`);
  io.stdout(describeStatus(state, bytes));
  return EXIT.ok;
}

async function stop(args: string[], io: DatabaseIo): Promise<number> {
  refuseExternal(io, "stopped");
  const stopped = await stopEmbedded({ ...embedded(io), force: args.includes("--force") });
  io.stderr(stopped ? "The embedded server has stopped.\n" : "The embedded server was not running.\n");
  return EXIT.ok;
}

async function giveAdvice(args: string[], io: DatabaseIo): Promise<number> {
  return withTarget(io, async (target) => {
    const findings = await withClient(target, advise);
    io.stdout(args.includes("--json") ? `${JSON.stringify(findings)}\n` : describeAdvice(findings));
    return EXIT.ok;
  });
}

async function digest([name, ...more]: string[], io: DatabaseIo): Promise<number> {
  if (name?.startsWith("-") || more.length > 0) throw usage('"db digest" takes the name of a campaign, or nothing.');
  return withTarget(io, async (target) => {
    const found = await withClient(target, async (client) => {
      const { campaign_id: id } = await campaignFor(client, name);
      return campaignDigest(client, id);
    });
    io.stdout(`${found}\n`);
    return EXIT.ok;
  });
}

function describeAdvice({ linkMs, batchRows, inFlight, advice, unfinished }: Findings): string {
  const rows = advice.map(({ setting, now, better, why, restart }) => [
    ...[setting, now, better, restart ? "restart" : "reload", why],
  ]);
  const settings =
    advice.length === 0
      ? "All settings serve Sentinel well.\n"
      : `${table(["setting", "now", "better", "needs", "why"], rows)}\n\nFor who may (then SELECT pg_reload_conf(), or a restart where one is needed):\n${advice.map(({ change }) => `  ${change};\n`).join("")}`;
  const open = unfinished.map(
    (name) => `Campaign ${name} is not whole: ${commandLine("generate", { resume: true, campaign: name })}\n`,
  );
  return `A question takes ${linkMs.toFixed(2)} ms to its answer: ${count(batchRows)} devices commit together, ${inFlight} batches a worker are under way.\n\n${settings}${open.join("")}`;
}

function psql(args: string[], io: DatabaseIo): Promise<number> {
  return withTarget(io, async (target) => {
    // psql has no way to an instance of Cloud SQL by its name: that is the connector's.
    const program = target.config.cloudSql ? undefined : findPsql(io.env);
    if (program) return runPsql(program, target, args, io.env);
    return runConsole(target, args, io, io.signal);
  });
}

/** Works with the database that is configured and lets go of it, whatever happens. */
async function withTarget<T>(io: DatabaseIo, work: (target: Target) => Promise<T>): Promise<T> {
  const database = await io.resolve();
  try {
    const target = externalTarget({ databaseUrl: database.url, env: io.env });
    if (!target) throw new Error("a resolved database has no URL");
    const { api } = target.config.cloudSql ?? {};
    if (api !== undefined) io.stderr(`${standInNote(api)}\n`);
    return await work(target);
  } finally {
    await database.release();
  }
}

function refuseExternal(io: DatabaseIo, done: string): void {
  const external = externalTarget({ env: io.env });
  if (!external) return;
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `${external.source} names ${external.label}, which is not Sentinel's to be ${done}.`,
    remedy: `Unset ${external.source} to mean the embedded server.`,
  });
}

const embedded = (io: DatabaseIo) => ({
  projectRoot: io.projectRoot,
  signal: io.signal,
  note: (line: string) => io.stderr(`${line}\n`),
});

function usage(cause: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause,
    remedy: "See what there is.",
    command: "npm run db -- --help",
  });
}
