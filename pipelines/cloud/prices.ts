import { readFileSync } from "node:fs";
import { join } from "node:path";

/** List prices, as data/cloud/prices.json has them. */
export interface Prices {
  readonly currency: string;
  readonly date: string;
  readonly source: string;
  readonly confirmed: string;
  readonly note: string;
  /** An instance with a standby in another zone costs so many times as much. */
  readonly regionalFactor: number;
  readonly regions: Readonly<Record<string, RegionPrices>>;
}

interface RegionPrices {
  readonly ssdGbMonth: number;
  readonly backupGbMonth: number;
  readonly idleAddressHour: number;
  readonly editions: Readonly<Record<string, EditionPrices>>;
}

interface EditionPrices {
  readonly vcpuHour: number;
  readonly memoryGbHour: number;
  readonly tierHour: Readonly<Record<string, number>>;
}

/** What is paid for. */
export interface Bill {
  readonly region: string;
  readonly edition: string;
  readonly tier: string;
  readonly diskGb: number;
  readonly diskType: string;
  readonly isRegional: boolean;
  /** Hours of a month in which it runs. */
  readonly hours: number;
  readonly hasAddress: boolean;
}

/** A line of the estimate; `monthly` undefined where no price is known. */
export interface CostLine {
  readonly what: string;
  readonly monthly: number | undefined;
}

export const HOURS_A_MONTH = 730;
const MEGABYTES = 1_024;

export function readPrices(projectRoot: string): Prices {
  return JSON.parse(readFileSync(join(projectRoot, "data", "cloud", "prices.json"), "utf8")) as Prices;
}

/** What an instance costs a month, by its parts. A part without a price says so: none is guessed. */
export function estimate(prices: Prices, bill: Bill): CostLine[] {
  const { region, tier, diskGb, diskType, isRegional, hours, hasAddress } = bill;
  const known = prices.regions[region];
  const times = isRegional ? prices.regionalFactor : 1;
  const machine = hourly(known, bill);
  const disk = diskType === "PD_SSD" ? known?.ssdGbMonth : undefined;
  const stands = isRegional ? ", with a standby" : "";
  return [
    { what: `${tier}${stands}, ${hours} hours`, monthly: hours === 0 ? 0 : product(machine, hours * times) },
    { what: `disk ${diskGb} GB ${diskType}${stands}`, monthly: product(disk, diskGb * times) },
    ...(hasAddress
      ? [
          {
            what: `address while it is stopped, ${HOURS_A_MONTH - hours} hours`,
            monthly: product(known?.idleAddressHour, HOURS_A_MONTH - hours),
          },
        ]
      : []),
  ];
}

/** Machines of the costlier edition are named after it. */
export const editionOf = (tier: string): string =>
  tier.startsWith("db-perf-optimized-") ? "ENTERPRISE_PLUS" : "ENTERPRISE";

/** What backups cost a month at most; undefined where no price is known. */
export const backupCost = (prices: Prices, region: string, bytes: number): number | undefined =>
  product(prices.regions[region]?.backupGbMonth, bytes / 1_000_000_000);

/** An instance's machine, an hour. Custom ones are named db-custom-CPUS-MEGABYTES. */
function hourly(region: RegionPrices | undefined, { edition, tier }: Bill): number | undefined {
  const prices = region?.editions[edition];
  if (!prices) return undefined;
  const [, cpus, megabytes] = /^db-custom-(\d+)-(\d+)$/.exec(tier) ?? [];
  if (cpus === undefined || megabytes === undefined) return prices.tierHour[tier];
  return Number(cpus) * prices.vcpuHour + (Number(megabytes) / MEGABYTES) * prices.memoryGbHour;
}

function product(price: number | undefined, quantity: number): number | undefined {
  return price === undefined ? undefined : price * quantity;
}
