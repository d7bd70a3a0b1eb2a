/** The rows of the marts that the notebooks alone read. */

export interface RegionMakeup {
  region: string;
  model: string;
  firmware_from: string;
  devices: number;
  failures: number;
}

export interface BatteryStep {
  region: string;
  /** Upper end of the step, volts. */
  battery_to: number;
  devices: number;
  failures: number;
  retried: number;
  rolled: number;
}

export interface RuleFinding {
  rule_id: string;
  field: string;
  severity: string;
  detects: string;
  findings: number;
  injected: number;
  right_kind: number;
  precision: number | null;
  precision_low: number | null;
  precision_high: number | null;
}
