import type { Interval } from "./rows.js";

/** The rows of the marts that compare campaigns. Counts are whole, rates 0 to 1; null where nothing can be said. */

export interface CampaignRate extends Interval {
  campaign: string;
  title: string;
  /** 1 is the newest. */
  ordinal: number;
  is_shown: boolean;
  source: string;
  created_at: string;
  devices: number;
  failed: number;
  recovered: number;
  recovery_rate: number | null;
  recovery_low: number | null;
  recovery_high: number | null;
  quarantined: number;
  quarantine_rate: number | null;
  quarantine_low: number | null;
  quarantine_high: number | null;
  undecided: number;
  /** Whole campaigns of the database; more than there are rows where it holds many. */
  campaigns: number;
}

export interface CampaignDifference {
  a: string;
  b: string;
  relation: string;
  scope: string;
  name: string;
  events_a: number;
  devices_a: number;
  events_b: number;
  devices_b: number;
  difference: number | null;
  low: number | null;
  high: number | null;
  p_value: number | null;
  p_holm: number | null;
  verdict: string;
}

export interface CampaignSetting {
  campaign: string;
  setting: string;
  ordinal: number;
  value: string | null;
  /** Whether figures can hang on it. */
  decides: boolean;
}
