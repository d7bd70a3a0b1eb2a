/** One way to do the same work, among those that are measured in turn. */
export interface Side {
  readonly name: string;
  /** Brings back the state that `work` starts from, and opens what it needs. Not timed. */
  reset(): Promise<void>;
  /** What is timed. Returns for how many devices it did the work. */
  work(): Promise<number>;
  /** What the server has noted of it. Not timed. */
  inspect?(): Promise<Notes>;
  close?(): Promise<void>;
}

export interface Notes {
  /** Milliseconds from the begin of each batch to its ledger row. */
  readonly batchMs?: readonly number[];
  /** Share of updates that were HOT, 0 to 1. */
  readonly hot?: number;
}

/** One measured execution of a side. */
export interface Sample extends Notes {
  readonly devices: number;
  readonly seconds: number;
  /** Seconds of processor time in Node, all threads. */
  readonly cpuSeconds: number;
  /** Largest resident set of the Node process, in bytes. */
  readonly rssBytes: number;
  readonly walBytes: number;
}
