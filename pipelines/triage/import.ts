import { count } from "../cli/format.ts";
import type { Context } from "../context.ts";
import { campaignFor } from "../db/campaigns.ts";
import { type Target, withClient } from "../db/connect.ts";
import { refuseOtherSchema } from "../db/migrate.ts";
import { COLUMNS, NEEDED, REASON, type Row, readCsv, writeCsv } from "./csv.ts";
import { preview, type Told } from "./decide.ts";
import { readText, unusable, writeText } from "./file.ts";
import { type Proposals, proposalsOf } from "./proposals.ts";
import { breachOf, tell, wordsOf, write } from "./write.ts";

/** Takes a corrected file back: what passes is decided, everything else is refused row by row with the reason. */
export async function importDecisions(context: Context, target: Target, file: string): Promise<void> {
  const { reporter, options } = context;
  const { columns, rows } = readCsv(readText(file));
  const missing = NEEDED.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw unusable(file, `it has no column ${missing.join(", ")}`);
  const proposals = proposalsOf(rows, options);
  const campaign = await withClient(target, async (client) => {
    await refuseOtherSchema(client);
    return campaignFor(client, options.campaign);
  });
  if (proposals.left > 0) reporter.note(`triage: ${count(proposals.left)} devices are left as they are`);
  const { asked, refused } = proposals;
  const decided = options.dryRun
    ? await withClient(target, (client) => preview(context, client, campaign, asked))
    : asked.length > 0
      ? (await write(context, target, campaign, asked)).told
      : [];
  const told = [...decided, ...refused];
  tell(context, told);
  if (options.dryRun)
    return reporter.result(`It would be: ${wordsOf(told)} in campaign ${campaign.name}.\nNothing was changed.`);
  reporter.result(`${wordsOf(told)} in campaign ${campaign.name}`);
  if (options.rejects !== undefined) writeRejects(options.rejects, columns, rejectsOf(told, proposals));
  const breach = breachOf(context, campaign, told);
  if (breach) throw breach;
}

/** The rows of refused devices, with the reason. */
function rejectsOf(told: readonly Told[], { rows }: Proposals): Row[] {
  return told.flatMap(({ asked: { deviceId }, outcome }) =>
    outcome.kind === "refused" ? (rows.get(deviceId) ?? []).map((row) => ({ ...row, [REASON]: outcome.reason })) : [],
  );
}

/** Written where nothing was refused, too: what an earlier import left there would say otherwise. */
function writeRejects(file: string, columns: readonly string[], rows: readonly Row[]): void {
  const own = columns.length > 0 ? columns : COLUMNS;
  writeText(file, writeCsv(rows, [...own.filter((name) => name !== REASON), REASON]), true);
}
