import { bytes, count, seconds } from "../cli/format.ts";
import type { Layout } from "../cli/layouts.ts";
import type { Context } from "../context.ts";
import type { Target } from "../db/connect.ts";
import { explainDisk, explainServer, stopped } from "./failure.ts";
import { type Form, folderOf, inPlaceOf, refuseOccupied } from "./folder.ts";
import { LAKE, TABLES_FORM, type Written } from "./layouts.ts";
import { writeLake } from "./write-lake.ts";
import { writeTables } from "./write-tables.ts";

const NOTHING = "Nothing was written.";

type Write = (context: Context, target: Target, into: string, scratch: string) => Promise<Written>;

const LAYOUTS: Readonly<Record<Layout, { readonly form: Form; readonly write: Write }>> = {
  tables: { form: TABLES_FORM, write: writeTables },
  lake: { form: LAKE, write: writeLake },
};

/**
 * Writes a campaign, whole or stopped part-way, into a folder: Parquet, and a manifest with hashes. The database is only read, as it is at one
 * moment; others may write meanwhile.
 */
export async function exportCampaign(context: Context, target: Target): Promise<void> {
  const { options, signal } = context;
  const folder = folderOf(options.to, "--to", context.command);
  const { form, write } = LAYOUTS[options.layout ?? "tables"];
  const mayReplace = options.replace ?? false;
  const began = performance.now();
  try {
    refuseOccupied(folder, form, mayReplace);
    const written = await inPlaceOf(folder, form, mayReplace, (into, scratch) => write(context, target, into, scratch));
    reportEnd(context, folder, written, (performance.now() - began) / 1000);
  } catch (error) {
    if (signal.aborted) throw stopped(context, NOTHING);
    throw explainDisk(explainServer(error, target, context, NOTHING), folder, "written");
  }
}

function reportEnd({ reporter }: Context, folder: string, written: Written, took: number): void {
  const { campaign, devices, bytes: size, facts, result } = written;
  const rate = `${count(devices / took)}/s`;
  reporter.ended({
    stage: "export",
    campaign,
    done: devices,
    unit: "devices",
    seconds: took,
    text: `${count(devices)} devices of campaign ${campaign}, ${bytes(size)}, in ${seconds(took)} (${rate})`,
    facts: { folder, bytes: size, ...facts },
  });
  reporter.result(`${folder}\n${result}`);
}
