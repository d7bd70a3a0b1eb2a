import type { Target } from "../db/connect.ts";
import type { Pass } from "../db/ledger.ts";
import type { FleetSpec } from "../domain/fleet.ts";
import type { Policy } from "../domain/policy.ts";
import type { RuleSet } from "../domain/rules.ts";
import type { ReportColumn } from "../domain/vocabulary.ts";
import type { Post } from "./posts.ts";
import type { Chaos } from "./victims.ts";

/** What a pool of workers does, batch by batch. Plain data: it is sent to threads. */
export type Task =
  | {
      readonly stage: "generate";
      readonly pass: Pass;
      readonly fleet: FleetSpec;
      readonly seed: number;
      readonly deviceCount: number;
      readonly batchSize: number;
      /** Batches of a worker that may wait for the server's answer at once: what hides the round trip. */
      readonly inFlight: number;
    }
  | ({
      readonly stage: "corrupt";
      readonly pass: Pass;
    } & Chaos)
  | {
      readonly stage: "recover";
      readonly pass: Pass;
      readonly rules: RuleSet;
      readonly policy: Policy;
      /** Rows of `decision_rule` by rule of the policy. */
      readonly ruleNos: readonly number[];
      readonly reported: readonly ReportColumn[];
    };

/** What a thread is told: whom it will work with, as soon as that is known, and what it has to do. */
export type Order =
  | { readonly kind: "meet"; readonly target: Target }
  | { readonly kind: "work"; readonly assignment: Assignment };

/** What one thread has to do. */
export interface Assignment {
  readonly task: Task;
  /** Seen to one after another. */
  readonly posts: readonly Post[];
  readonly worker: number;
  /** Shared with the parent: see {@link Board}. */
  readonly board: Int32Array;
}

/** What a thread tells its parent beside the board. An error that Sentinel explains keeps its parts on the way. */
export type Message =
  | { readonly kind: "note"; readonly line: string }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "done" };

/** Places on the board: one flag for all, then for each worker its batches and rows that committed. */
export const Board = {
  stop: 0,
  batches: (worker: number): number => 1 + 2 * worker,
  rows: (worker: number): number => 2 + 2 * worker,
  size: (workers: number): number => 1 + 2 * workers,
} as const;
