import { EXIT, SentinelError } from "../cli/errors.ts";
import { table } from "../cli/format.ts";
import type { Context } from "../context.ts";
import type { Instance } from "./api.ts";
import { instanceName } from "./instance-name.ts";
import { type Bill, type CostLine, editionOf, estimate, HOURS_A_MONTH, type Prices, readPrices } from "./prices.ts";
import { present, readInstance, withCloud } from "./session.ts";

/** Where nothing says otherwise, the only region that has prices. */
const REGION = "us-central1";
const DISK_GB = 10;

/** `cloud cost`: what the instance costs a month, or one with the machine and disk that are named; then nobody is asked. */
export async function cost(context: Context): Promise<void> {
  const { tier, disk, hours = HOURS_A_MONTH, instance } = context.options;
  if (tier !== undefined) {
    const region = instance === undefined ? REGION : instanceName(context).region;
    const bill = {
      region,
      edition: editionOf(tier),
      tier,
      diskGb: disk ?? DISK_GB,
      diskType: "PD_SSD",
      isRegional: false,
    };
    return tell(context, { ...bill, hours, hasAddress: true });
  }
  await withCloud(context, async (session) =>
    tell(context, billOf(context, present(session, await readInstance(session)))),
  );
}

/** What is paid for an instance as it is. */
export function billOf({ options }: Pick<Context, "options">, { region, settings = {} }: Instance): Bill {
  const isStopped = settings.activationPolicy === "NEVER";
  return {
    region: region ?? "",
    edition: settings.edition ?? editionOf(settings.tier ?? ""),
    tier: settings.tier ?? "",
    diskGb: options.disk ?? Number(settings.dataDiskSizeGb ?? 0),
    diskType: settings.dataDiskType ?? "",
    isRegional: settings.availabilityType === "REGIONAL",
    hours: options.hours ?? (isStopped ? 0 : HOURS_A_MONTH),
    hasAddress: settings.ipConfiguration?.ipv4Enabled ?? false,
  };
}

function tell(context: Context, bill: Bill): void {
  const { projectRoot, reporter } = context;
  const prices = readPrices(projectRoot);
  const lines = estimate(prices, bill);
  const total = sum(lines);
  const { currency, date, source } = prices;
  const { region, edition, tier, hours, diskGb, diskType, isRegional, hasAddress } = bill;
  const named = { disk_gb: diskGb, disk_type: diskType, is_regional: isRegional, has_address: hasAddress };
  const parts = lines.map(({ what, monthly = null }) => ({ what, monthly }));
  const reckoned = { lines: parts, total: total ?? null, currency, date, source };
  reporter.event({ event: "cloud_cost", region, edition, tier, hours, ...named, ...reckoned });
  reporter.result(
    `${table(["part", `${currency} a month`], [...lines.map((line) => [line.what, money(line.monthly)]), ["total", money(total)]])}\n\n${origin(prices)}`,
  );
  if (lines.some(({ monthly }) => monthly === undefined)) throw unpriced(bill, prices);
}

export const money = (monthly: number | undefined): string => (monthly === undefined ? "no price" : monthly.toFixed(2));

/** Undefined where a part has no price: what is left out would look cheap. */
export function sum(lines: readonly CostLine[]): number | undefined {
  let total = 0;
  for (const { monthly } of lines) {
    if (monthly === undefined) return undefined;
    total += monthly;
  }
  return total;
}

export const origin = ({ date, source, confirmed, note }: Prices): string =>
  `Prices of ${date} (${source}). ${confirmed}. ${note}`;

function unpriced({ region, edition, tier, diskType }: Bill, { regions }: Prices): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause: `data/cloud/prices.json has no price for ${tier} (${edition}) or ${diskType} in ${region}; it has some for ${Object.keys(regions).join(", ")}.`,
    remedy: "Add it with its date and source, from cloud.google.com/sql/pricing.",
  });
}
