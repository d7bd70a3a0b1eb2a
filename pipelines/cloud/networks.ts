import { EXIT, SentinelError } from "../cli/errors.ts";

/** An entry of an instance's allow-list, as the API keeps it. */
export interface Network {
  readonly value?: string | null;
  readonly name?: string | null;
  readonly expirationTime?: string | null;
}

/** Fewer bits than this fixed, and a sixteen-millionth part of the Internet is let in. */
const NARROW_BITS = 8;
const ADDRESS_BITS = 32;

/**
 * An IPv4 network as the allow-list has it: four numbers and a prefix. One address is a network of its own.
 * @throws SentinelError exit 2, where it is none, has bits beyond its prefix, or lets too many in and nobody insists.
 */
export function network(text: string, isForced: boolean): string {
  const [address = "", prefix = String(ADDRESS_BITS), ...more] = text.split("/");
  const bits = /^\d{1,2}$/.test(prefix) ? Number(prefix) : Number.NaN;
  const number = addressNumber(address);
  if (number === undefined || !(bits <= ADDRESS_BITS) || more.length > 0) {
    throw refused(
      `"${text}" is no IPv4 network, and Cloud SQL's allow-list takes no other.`,
      "Write an address, or one with a prefix, for example 203.0.113.0/24.",
    );
  }
  const base = number - (number % 2 ** (ADDRESS_BITS - bits));
  if (base !== number) {
    throw refused(
      `${text} has bits set beyond its prefix.`,
      `Write ${dotted(base)}/${bits} for the network, or ${address} for the address.`,
    );
  }
  if (bits < NARROW_BITS && !isForced) {
    const share = bits === 0 ? "the whole Internet" : `${2 ** (ADDRESS_BITS - bits)} addresses`;
    throw refused(`${dotted(base)}/${bits} would let ${share} try passwords.`, "Allow fewer, or insist with --force.");
  }
  return `${dotted(base)}/${bits}`;
}

function addressNumber(text: string): number | undefined {
  // A leading zero means eight to some.
  const parts = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text) ? text.split(".").map(Number) : [];
  if (parts.length === 0 || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

const dotted = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/** Whether two entries let the same in: an address and its network of one are the same. */
export function isSame({ value }: Network, other: string): boolean {
  return value === other || `${value}/${ADDRESS_BITS}` === other;
}

export const isExpired = ({ expirationTime }: Network, now: Date): boolean =>
  expirationTime !== undefined && expirationTime !== null && new Date(expirationTime) <= now;

/** Who is to be let in, from when, until when. */
export interface Allowance {
  readonly value: string;
  readonly by: string;
  readonly now: Date;
  /** Left out: for good. */
  readonly until?: Date | undefined;
}

/** The list with an allowance, and without what has expired; undefined where it is like that already. */
export function allowed(list: readonly Network[], { value, by, now, until }: Allowance): Network[] | undefined {
  const live = list.filter((one) => !isExpired(one, now));
  const known = live.find((one) => isSame(one, value));
  const isThere = known && (!known.expirationTime || (until && new Date(known.expirationTime) >= until));
  if (isThere) return live.length === list.length ? undefined : live;
  const entry = {
    value,
    name: `sentinel: ${by}, ${now.toISOString()}`,
    ...(until ? { expirationTime: until.toISOString() } : {}),
  };
  return [...live.filter((one) => one !== known), entry];
}

/** The list without what has expired, and without a network where one is named; undefined where it is like that already. */
export function denied(list: readonly Network[], value: string | undefined, now: Date): Network[] | undefined {
  const left = list.filter((one) => !isExpired(one, now) && !(value !== undefined && isSame(one, value)));
  return left.length === list.length ? undefined : left;
}

/** What there is to say against an entry. */
export function finding(one: Network, now: Date): string {
  const bits = Number((one.value ?? "").split("/")[1] ?? ADDRESS_BITS);
  if (isExpired(one, now)) return "expired: npm run cloud -- deny expired";
  if (bits < NARROW_BITS) return "lets far too many in";
  return one.expirationTime ? "" : "has no end";
}

function refused(cause: string, remedy: string): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause, remedy });
}
