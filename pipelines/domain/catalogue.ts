/** Where one looks first for the cause of an error: a hint of the reference, no verdict on a device. */
export const CULPRITS = ["device", "link", "package", "server"] as const;
export type Culprit = (typeof CULPRITS)[number];

/** What an error code means where an update stopped with it at a stage: a row of `data/errors.csv`. */
export interface ErrorMeaning {
  readonly errorCode: string;
  readonly stage: string;
  readonly meaning: string;
  readonly source: string;
  readonly lookAt: Culprit;
}

/** Where a region lies, as `data/regions.csv` has it. */
export interface RegionPlace {
  readonly region: string;
  /** Degrees north and east of where its name stands on a map. */
  readonly latitude: number;
  readonly longitude: number;
  /** ISO 3166-1 numeric codes of its countries, each in one region alone. */
  readonly countries: readonly string[];
}

/** What is known of the words that devices report, for those who read a report. It decides nothing. */
export interface Catalogue {
  readonly errors: readonly ErrorMeaning[];
  readonly regions: readonly RegionPlace[];
}
