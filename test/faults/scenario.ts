import type { Condition, Strike } from "../../pipelines/chaos/proxy.ts";

const SOUND = ["battery_voltage=12.4", "signal_strength=60", "storage_free_mb=512"];
/** Devices that a decision in triage stores together. */
export const TOGETHER = 15;
const DECIDING = ["--yes", "--why", "tried", "--by", "tester", "--batch-size", String(TOGETHER)];

/** What a scenario breaks, small enough to be run hundreds of times: what writes several batches, and what does all or nothing. */
const WORDS = {
  generate: ["generate", "--devices", "1000", "--batch-size", "250", "--campaign", "torn"],
  import: ["generate", "--from", "data/examples/fleet.csv", "--batch-size", "4"],
  corrupt: ["corrupt", "--fault-rate", "0.2", "--batch-size", "250"],
  distort: ["corrupt", "--profile", "storm", "--batch-size", "250"],
  recover: ["recover", "--batch-size", "250"],
  report: ["report", "--no-site"],
  export: ["export", "--replace", "--to"],
  lake: ["export", "--layout", "lake", "--replace", "--to"],
  restore: ["import", "--from"],
  fix: ["triage", "fix", "--all", ...SOUND, ...DECIDING],
  reject: ["triage", "reject", "--all", ...DECIDING],
  reopen: ["triage", "reopen", "--all", ...DECIDING],
  sheet: ["triage", "import", ...DECIDING.slice(1)],
  readmit: ["recover", "--batch-size", "250"],
} as const;
export type Stage = keyof typeof WORDS;
/** What decides on devices in triage, with its audit. */
export const DESK = ["fix", "reject", "reopen", "sheet"] as const satisfies Stage[];
export type DeskStage = (typeof DESK)[number];
/** What writes a folder, and nothing else. */
export const EXPORTS = ["export", "lake"] as const satisfies Stage[];
export type ExportStage = (typeof EXPORTS)[number];
/** What commits batch by batch, each with its row in the ledger. */
export type BatchedStage = Exclude<Stage, "report" | ExportStage | "restore" | DeskStage>;
/** What changes the database. */
export type WritingStage = BatchedStage | "restore" | DeskStage;

export const atDesk = (stage: Stage): stage is DeskStage => (DESK as readonly Stage[]).includes(stage);
export const isExport = (stage: Stage): stage is ExportStage => (EXPORTS as readonly Stage[]).includes(stage);

/**
 * The command line of a stage.
 * @param file that it writes or reads: the folder of an export, or a corrected queue.
 */
export function wordsOf(stage: Stage, { workers = 1, file }: { workers?: number; file?: string } = {}): string[] {
  if (stage === "report" || (atDesk(stage) && stage !== "sheet")) return [...WORDS[stage]];
  if (!isExport(stage) && stage !== "restore" && stage !== "sheet")
    return [...WORDS[stage], "--workers", String(workers)];
  if (file === undefined) throw new Error(`${stage} needs a file`);
  return [...WORDS[stage], file];
}

/** What has to be done before. */
export const BEFORE: Readonly<Record<Stage, readonly Stage[]>> = {
  generate: [],
  import: [],
  corrupt: ["generate"],
  distort: ["generate"],
  recover: ["generate", "corrupt"],
  report: ["generate", "corrupt", "recover"],
  export: ["generate", "corrupt", "recover"],
  // In the place of one of before.
  lake: ["generate", "corrupt", "lake", "recover"],
  restore: ["generate", "corrupt", "recover", "export"],
  fix: ["generate", "corrupt", "recover"],
  reject: ["generate", "corrupt", "recover"],
  reopen: ["generate", "corrupt", "recover", "sheet", "readmit"],
  sheet: ["generate", "corrupt", "recover"],
  readmit: ["generate", "corrupt", "recover", "sheet"],
};
export const BATCHES = [0, 1, 2, 3] as const;

const SAID = ["INSERT ON telemetry_amendment", "INSERT ON triage_decision"] as const;
/** What is written in one transaction, by stage. */
export const WRITTEN: Readonly<Record<WritingStage, readonly [table: string, ...statements: string[]]>> = {
  generate: ["stored_report", "INSERT ON stored_report", "INSERT ON batch_ledger"],
  import: ["stored_report", "INSERT ON stored_report", "INSERT ON device_profile", "INSERT ON batch_ledger"],
  corrupt: ["fault_ledger", "INSERT ON fault_ledger", "UPDATE ON stored_report", "INSERT ON batch_ledger"],
  distort: [
    ...(["fault_ledger", "INSERT ON fault_ledger", "INSERT ON device_profile", "INSERT ON update_outcome"] as const),
    ...["UPDATE ON stored_report", "INSERT ON batch_ledger"],
  ],
  recover: ["decision", "INSERT ON decision", "INSERT ON triage_queue", "INSERT ON batch_ledger"],
  restore: [
    ...(["stored_report", "INSERT ON device_profile", "INSERT ON stored_report", "INSERT ON fault_ledger"] as const),
    ...["INSERT ON decision", "INSERT ON triage_queue", "INSERT ON batch_ledger", "INSERT ON campaign"],
  ],
  fix: ["decision", "DELETE ON decision", "UPDATE ON triage_queue", ...SAID],
  reject: [
    "decision",
    "DELETE ON decision",
    "INSERT ON decision",
    "UPDATE ON triage_queue",
    "INSERT ON triage_decision",
  ],
  reopen: [
    ...(["decision", "DELETE ON decision", "INSERT ON decision", "UPDATE ON triage_queue"] as const),
    ...["DELETE ON telemetry_amendment", "INSERT ON triage_decision"],
  ],
  sheet: ["decision", "DELETE ON decision", "INSERT ON decision", "UPDATE ON triage_queue", ...SAID],
  readmit: ["decision", "INSERT ON decision", "UPDATE ON triage_queue", "INSERT ON batch_ledger"],
};
/** What an export reads, one table after the other. */
export const READ: Readonly<Record<ExportStage, readonly [string, string, string, string]>> = {
  export: ["stored_report", "decision", "triage_queue", "batch_ledger"],
  lake: ["device_profile", "update_outcome", "telemetry_amendment", "stored_report"],
};

/** What is done to a command from outside, as data. */
export type Fault =
  /** A link to the database breaks or goes mute, once. */
  | { readonly kind: "link"; readonly strike: Strike }
  /** Links are bad, all the time. */
  | { readonly kind: "condition"; readonly condition: Condition }
  /** The command is killed while a batch is about to commit; then the server rolls it back, or commits it unheard. */
  | { readonly kind: "kill"; readonly batch: number; readonly commits: boolean; readonly workers: number }
  /** The server ends the session that is about to commit a batch. */
  | { readonly kind: "backend"; readonly batch: number; readonly workers: number }
  /** The command gets a signal while a batch is about to commit. */
  | { readonly kind: "signal"; readonly signal: "SIGINT" | "SIGTERM"; readonly batch: number }
  /** The server answers a statement with an error, so many times. */
  | { readonly kind: "state"; readonly state: string; readonly on: string; readonly times: number }
  /** The same command is started a second time while a batch of the first is about to commit. */
  | { readonly kind: "rival"; readonly batch: number }
  /** Another session and the command wait for each other's rows while a batch commits. */
  | { readonly kind: "deadlock"; readonly batch: number }
  /** The database isolates transactions more strictly than by default, and two workers share the work. */
  | { readonly kind: "isolation"; readonly level: "repeatable read" | "serializable" }
  /** The command is stopped with a batch sent, loses its lease, and wakes up when another one has done the work. */
  | { readonly kind: "stolen"; readonly batch: number }
  /** The command is stopped at its last batch, loses its lease, and wakes up while another one replaces its campaign with another fleet. */
  | { readonly kind: "replaced" }
  /** The command's clock is wrong by so many hours, and may run backwards. */
  | { readonly kind: "clock"; readonly hours: number; readonly backwards: boolean }
  /** The postmaster is killed while a batch is about to commit, and is back at once, or only when the command has given up. */
  | { readonly kind: "postmaster"; readonly batch: number; readonly back: boolean }
  /** The server's disk is full: for rows from the beginning, or for the write-ahead log while a batch is about to commit. */
  | { readonly kind: "disk"; readonly full: "rows" | "log" }
  /** The disk that the command writes to has room for so many bytes. */
  | { readonly kind: "room"; readonly bytes: number }
  /** The server takes no session but the first. */
  | { readonly kind: "connections" }
  /** The server lets nobody write. */
  | { readonly kind: "read_only" };

/**
 * How the command has to end while the fault is there: by itself and in success; or in any way that can be gone on from; as it was told to;
 * with the word on what to mend, of the server or of what was asked for; or not at all, since it is killed. In each case the same command afterwards, without the fault, ends with
 * what an unbroken run ends with.
 */
export type End = "succeeds" | "succeeds_or_resumable" | "interrupted" | "halts" | "refused" | "killed";

/** Faults that take a server of their own. */
const OF_SERVER: ReadonlySet<Fault["kind"]> = new Set(["postmaster", "disk"]);
export const needsServer = ({ fault }: Scenario): boolean => OF_SERVER.has(fault.kind);

/** One fault at one place of one stage. */
export interface Scenario {
  readonly stage: Stage;
  readonly fault: Fault;
  readonly end: End;
}

/** A name that tells a scenario from every other one and finds it again. */
export function nameOf({ stage, fault }: Scenario): string {
  const { kind, ...rest } = fault;
  return [stage, kind, ...leaves(rest)].join("/").replaceAll(" ", "_");
}

function leaves(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "number" || typeof inner === "boolean" ? [`${key}=${inner}`] : leaves(inner),
  );
}
