import type { Interval } from "./rows.js";

/** Rows of the marts about errors, models and versions, and regions on the map. */

export interface ErrorCode {
  error_code: string;
  failures: number;
  share: number;
  cumulative_share: number;
  rank: number;
  share_low: number;
  share_high: number;
  meaning: string | null;
  source: string | null;
  look_at: string | null;
}

export interface ErrorStage {
  error_code: string;
  stage: string | null;
  stage_ordinal: number | null;
  failures: number;
  share: number;
  meaning: string | null;
  source: string | null;
  look_at: string | null;
}

export interface Tested extends Interval {
  devices: number;
  failures: number;
  difference: number | null;
  p_value: number | null;
  p_holm: number | null;
  verdict: string;
}

export interface GroupFailure extends Tested {
  scope: string;
  name: string;
  rest_rate: number | null;
}

export interface ErrorGroupFailure extends GroupFailure {
  error_code: string;
  enough: boolean;
}

export interface RegionGroupFailure extends Tested {
  region: string;
  scope: string;
  name: string;
  elsewhere_devices: number;
  elsewhere_rate: number | null;
}

export interface RegionPlace {
  region: string;
  latitude: number;
  longitude: number;
}
