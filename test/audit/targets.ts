import type { Felt } from "./observe.ts";

/** What was measured of one page of one site in one look; what was not is not there. */
export interface Measured extends Partial<Costs> {
  readonly site: string;
  readonly page: string;
  readonly look: string;
}

/** What a page costs who reads it, and what is wrong with it. */
export interface Costs extends Felt {
  /** Bytes of all that the page asked for before anybody did anything, compressed. */
  readonly gzippedBytes: number;
  readonly requests: number;
  /** Findings of axe, before and after the page woke. */
  readonly findings: readonly string[];
  /** Pixels by which the page is wider than the window, before and after. */
  readonly overflow: number;
  /** Errors of the console and the policy, failed requests, requests to elsewhere. */
  readonly complaints: readonly string[];
  /** Rows of tables in the document, of a page whose table is long. */
  readonly rows: number;
  /** Milliseconds from a filter or an order of a long table to the paint of its answer, the slowest of all of them. */
  readonly answerMs: number;
}

/** A column of the table: what is held against which limit. */
export interface Target {
  readonly name: string;
  readonly limit: number;
  readonly of: (page: Partial<Costs>) => number | undefined;
  readonly digits: number;
}

/** What a page may cost at most. Times hold on a phone of the middle class, but that of a filter, which holds on this machine as it is. */
export const TARGETS: readonly Target[] = [
  { name: "KiB gz", limit: 60, of: ({ gzippedBytes }) => gzippedBytes && gzippedBytes / 1024, digits: 1 },
  { name: "requests", limit: 8, of: ({ requests }) => requests, digits: 0 },
  { name: "LCP ms", limit: 1_200, of: ({ lcpMs }) => lcpMs, digits: 0 },
  { name: "TBT ms", limit: 50, of: ({ tbtMs }) => tbtMs, digits: 0 },
  { name: "CLS", limit: 0.01, of: ({ cls }) => cls, digits: 3 },
  { name: "INP ms", limit: 100, of: ({ inpMs }) => inpMs, digits: 0 },
  { name: "axe", limit: 0, of: ({ findings }) => findings?.length, digits: 0 },
  { name: "wider px", limit: 0, of: ({ overflow }) => overflow, digits: 0 },
  { name: "errors", limit: 0, of: ({ complaints }) => complaints?.length, digits: 0 },
  { name: "rows", limit: 200, of: ({ rows }) => rows, digits: 0 },
  { name: "filter ms", limit: 100, of: ({ answerMs }) => answerMs, digits: 0 },
];

/** Targets that a page misses. */
export const missed = (page: Measured): readonly Target[] => TARGETS.filter(({ of, limit }) => (of(page) ?? 0) > limit);
