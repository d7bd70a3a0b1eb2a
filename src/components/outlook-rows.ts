import type { Assumption, Cell, RoiBase } from "sentinel-ota/domain";

/** Rows of the marts about what might have been and what it is worth; docs/dictionary.md says what each column means. */

export interface PolicySetting {
  readonly policy: string;
  readonly has_decided: boolean;
  readonly document: string;
  readonly reason: string | null;
}

export type PolicyCell = Cell;

export interface RoiBaseRow extends RoiBase {
  readonly failed: number;
  readonly held: number;
  readonly undecided: number;
}

export interface AssumptionRow extends Assumption {
  readonly assumptions: string;
  readonly version: number;
  readonly currency: string;
  readonly ordinal: number;
}
