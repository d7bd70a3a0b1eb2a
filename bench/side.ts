/** Says that a part of the work begins, which ends where the next one begins, or with the work. */
export type Phase = (name: string) => void;

/** One way to do the same work, among those that are measured in turn. */
export interface Side {
  readonly name: string;
  /** Brings back the state that `work` starts from, and opens what it needs. Not timed. */
  reset(): Promise<void>;
  /** What is timed. Returns for how many devices it did the work. */
  work(phase: Phase): Promise<number>;
  /** What the server, or a process, has noted of it. Not timed. */
  inspect?(): Promise<Notes>;
  close?(): Promise<void>;
}

/** A number that only this side has. */
export interface Fact {
  readonly value: number;
  readonly unit: string;
}

export interface Notes {
  /** Milliseconds from the begin of each batch to its ledger row. */
  readonly batchMs?: readonly number[];
  /** Bytes of the tables that the work wrote to, indexes included. */
  readonly diskBytes?: number;
  /** Of the process that did the work, where that is another one. */
  readonly rssBytes?: number;
  /** Seconds of each part, where the work is another process's. */
  readonly phases?: Readonly<Record<string, number>>;
  readonly facts?: Readonly<Record<string, Fact>>;
}

/** What a piece of work cost beside its time. */
export interface Cost {
  /** Seconds of processor time in Node, all threads, and in processes that it started and that have ended. */
  readonly cpuSeconds: number;
  /** The same of all of the server's processes; null where they run elsewhere. */
  readonly serverCpuSeconds: number | null;
  /** Largest resident set of the Node process, in bytes. */
  readonly rssBytes: number;
  readonly walBytes: number;
}

/** One measured execution of a side. */
export interface Sample extends Cost, Omit<Notes, "rssBytes" | "phases"> {
  readonly devices: number;
  readonly seconds: number;
  readonly phases: Readonly<Record<string, number>>;
}
