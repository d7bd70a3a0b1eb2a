import type { Felt } from "./observe.ts";

/** What was measured of one page of one site in one look. */
export interface Measured extends Felt {
  readonly site: string;
  readonly page: string;
  readonly look: string;
  /** Bytes of all that the page asked for before anybody did anything, compressed. */
  readonly gzippedBytes: number;
  readonly requests: number;
  /** Findings of axe, before and after the page woke. */
  readonly findings: readonly string[];
  /** Pixels by which the page is wider than the window, before and after. */
  readonly overflow: number;
  /** Errors of the console and the policy, failed requests, requests to elsewhere. */
  readonly complaints: readonly string[];
}

/** A column of the table: what is held against which limit. */
export interface Target {
  readonly name: string;
  readonly limit: number;
  readonly of: (page: Measured) => number;
  readonly digits: number;
}

/** What a page may cost at most. Times hold on a phone of the middle class, which the narrow look plays. */
export const TARGETS: readonly Target[] = [
  { name: "KiB gz", limit: 60, of: ({ gzippedBytes }) => gzippedBytes / 1024, digits: 1 },
  { name: "requests", limit: 8, of: ({ requests }) => requests, digits: 0 },
  { name: "LCP ms", limit: 1_200, of: ({ lcpMs }) => lcpMs, digits: 0 },
  { name: "TBT ms", limit: 50, of: ({ tbtMs }) => tbtMs, digits: 0 },
  { name: "CLS", limit: 0.01, of: ({ cls }) => cls, digits: 3 },
  { name: "INP ms", limit: 100, of: ({ inpMs }) => inpMs, digits: 0 },
  { name: "axe", limit: 0, of: ({ findings }) => findings.length, digits: 0 },
  { name: "wider px", limit: 0, of: ({ overflow }) => overflow, digits: 0 },
  { name: "errors", limit: 0, of: ({ complaints }) => complaints.length, digits: 0 },
];

/** Targets that a page misses. */
export const missed = (page: Measured): readonly Target[] => TARGETS.filter(({ of, limit }) => of(page) > limit);
