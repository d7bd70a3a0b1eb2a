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

/** Devices at or below a line of the battery against those above it. */
export interface BatteryLine {
  /** Volts. */
  battery_to: number;
  devices: number;
  failures: number;
  above_devices: number;
  above_failures: number;
  gap: number | null;
  gap_low: number | null;
  gap_high: number | null;
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
