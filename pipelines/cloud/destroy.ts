import { EXIT, SentinelError } from "../cli/errors.ts";
import { bytes, table } from "../cli/format.ts";
import type { ApiError } from "../db/cloud-sql/api-error.ts";
import type { Backup, Change, Instance } from "./api.ts";
import { carryOut, converge, patiently } from "./converge.ts";
import { money, origin } from "./cost.ts";
import { fullName } from "./instance-name.ts";
import { backupCost, readPrices } from "./prices.ts";
import { type CloudSession, readInstance, told } from "./session.ts";

/**
 * `cloud destroy`: deletes the instance, with a last backup or with all that were kept, and proves what is left by looking.
 * @throws SentinelError exit 2 without --yes or a word on backups, exit 3 where something is left that must not be.
 */
export async function destroy(session: CloudSession): Promise<void> {
  const { api, context, isDryRun } = session;
  const { finalBackup, noBackup = false } = context.options;
  assertMeant(session);
  const before = await readInstance(session);
  if (before?.settings?.deletionProtectionEnabled) await unprotect(session);
  const { isChanged } = await converge(session, (instance) =>
    instance && !isGoing(instance) ? api.delete(finalBackup) : undefined,
  );
  const kept = noBackup ? await patiently(session, () => api.backups()) : [];
  for (const backup of kept) await remove(session, backup);
  if (isDryRun) return told(session, "destroy", isChanged || kept.length > 0, `${fullName(api.name)} is not there.`);
  await prove(session);
  told(session, "destroy", isChanged || kept.length > 0, `${fullName(api.name)} is gone.`);
}

function assertMeant({ api, context, isDryRun, again }: CloudSession): void {
  const { finalBackup, noBackup, yes } = context.options;
  if ((finalBackup === undefined) !== (noBackup === true)) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `Say what becomes of the data of ${fullName(api.name)}: one of --final-backup DAYS and --no-backup.`,
      remedy: "A last backup costs for as long as it is kept; without any nothing can be brought back:",
      command: `npm run cloud -- destroy --instance ${fullName(api.name)} --final-backup 30 --yes`,
    });
  }
  if (yes || isDryRun) return;
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `That would delete ${fullName(api.name)} with all its databases.`,
    remedy: "See the requests with --dry-run, and say --yes if it is meant:",
    command: `${again} --yes`,
  });
}

async function unprotect(session: CloudSession): Promise<void> {
  const { api, context, again } = session;
  if (!context.options.force) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `${fullName(api.name)} is protected from being deleted.`,
      remedy: "Insist, if it is meant: protection is turned off first.",
      command: `${again} --force`,
    });
  }
  await converge(session, (instance): Change | undefined => {
    if (!instance?.settings?.deletionProtectionEnabled) return undefined;
    return api.patch("turn deletion protection off", instance, { deletionProtectionEnabled: false });
  });
}

/** One that is not there any more is what was wanted: the answer to an earlier try may have been lost. */
async function remove(session: CloudSession, { name }: Backup): Promise<void> {
  await carryOut(session, session.api.deleteBackup(name ?? "")).catch((error: unknown) => {
    if ((error as Partial<ApiError>).code !== "CLOUD_404") throw error;
  });
}

const isGoing = ({ state }: Instance): boolean => state === "PENDING_DELETE";

/** Looks at all that could still cost: the instance and its backups. */
async function prove(session: CloudSession): Promise<void> {
  const { api, context } = session;
  const { reporter, projectRoot, options } = context;
  const instance = await readInstance(session);
  const backups = await patiently(session, () => api.backups());
  const prices = readPrices(projectRoot);
  const rows = backups.map((backup) => {
    const monthly = backupCost(prices, api.name.region, size(backup));
    return {
      name: backup.name ?? "",
      type: backup.type ?? "",
      bytes: size(backup),
      until: backup.expiryTime ?? null,
      monthly: monthly ?? null,
    };
  });
  reporter.event({
    event: "cloud_left",
    instance: fullName(api.name),
    is_there: instance !== undefined,
    backups: rows,
    currency: prices.currency,
  });
  const isNothing = instance === undefined && rows.length === 0;
  reporter.result(
    isNothing
      ? "Looked for afterwards: no instance, no backup. Nothing of it costs anything any more."
      : left(rows, prices.currency),
  );
  if (rows.length > 0) reporter.note(origin(prices));
  if (instance === undefined && (rows.length === 0 || !options.noBackup)) return;
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `Of ${fullName(api.name)} there is still ${instance ? "the instance" : `${rows.length} backup(s)`}, which costs.`,
    remedy: "Run the same command again; if it stays, see the console.",
    command: session.again,
  });
}

const size = ({ maxChargeableBytes }: Backup): number => Number(maxChargeableBytes ?? 0);

function left(
  rows: readonly { name: string; type: string; bytes: number; until: string | null; monthly: number | null }[],
  currency: string,
): string {
  const lines = rows.map((row) => [
    row.name,
    row.type,
    bytes(row.bytes),
    row.until ?? "",
    money(row.monthly ?? undefined),
  ]);
  return `What is left, and costs:\n${table(["backup", "type", "size", "until", `${currency} a month`], lines)}`;
}
