import type { Fault, Scenario, Stage } from "./scenario.ts";

/** A wrong version of the program, and scenarios of which one at least must show that it is one; the right version passes it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands there once, and is replaced. */
  readonly right: string;
  readonly wrong: string;
  readonly shownBy: readonly Scenario[];
}

const backend: Fault = { kind: "backend", batch: 1, workers: 1 };
const backendOfTwo: Fault = { kind: "backend", batch: 2, workers: 2 };
const killed: Fault = { kind: "kill", batch: 1, commits: false, workers: 1 };
const unheard: Fault = { kind: "kill", batch: 1, commits: true, workers: 1 };
const state = (code: string, on: string): Fault => ({ kind: "state", state: code, on, times: 1 });
const succeeds = (stage: Stage, fault: Fault): Scenario => ({ stage, fault, end: "succeeds" });
const resumes = (stage: Stage, fault: Fault): Scenario => ({ stage, fault, end: "killed" });

export const MUTANTS: readonly Mutant[] = [
  {
    name: "reports commit before their ledger row",
    file: "pipelines/workers/generate-task.ts",
    right: "await put([{ into, lines }], ledgerEntry(pass, { batch, worker, rows, checksum }));",
    wrong: 'await put([{ into, lines }], ""); await put([], ledgerEntry(pass, { batch, worker, rows, checksum }));',
    shownBy: [resumes("generate", killed)],
  },
  {
    name: "decisions commit before their ledger row",
    file: "pipelines/workers/recover-task.ts",
    right: "if (returns.length + repaired.length === 0) await copyIn(client, parts, entry);",
    wrong:
      "if (returns.length + repaired.length === 0) { await copyIn(client, parts); await copyIn(client, [], entry); }",
    shownBy: [resumes("recover", killed)],
  },
  {
    name: "chaos is no transaction",
    file: "pipelines/db/queries/corrupt.sql",
    right: "BEGIN;\nSET LOCAL enable_hashjoin = off;\nSET LOCAL enable_mergejoin = off",
    wrong: "SELECT 1",
    shownBy: [resumes("corrupt", killed)],
  },
  {
    name: "decisions have no key",
    file: "pipelines/db/partitions.ts",
    right: 'if (!(await decisionsAreKeyed(build.client, campaign))) await key(build, "decision", campaign);',
    wrong: "",
    shownBy: [resumes("recover", unheard)],
  },
  {
    name: "a lost batch is taken for done",
    file: "pipelines/db/commit.ts",
    right: "if (attempt === 1) return without(error);",
    wrong: "if (attempt === 1) return 0;",
    shownBy: [succeeds("generate", backend)],
  },
  {
    name: "a batch that committed unheard is an error",
    file: "pipelines/db/commit.ts",
    right:
      "if (rows !== undefined) return rows;\n      return commit(await session.link(), batch, prepared).catch(without);",
    wrong: "return commit(await session.link(), batch, prepared);",
    // One of these round trips is a worker's commit; of others the program does not come back by itself.
    shownBy: Array.from({ length: 18 }, (_, no) => ({
      stage: "recover",
      fault: { kind: "link", strike: { kind: "cut", roundTrip: 14 + no, point: "after_send" } },
      end: "succeeds",
    })),
  },
  {
    name: "a lost session is used again",
    file: "pipelines/db/commit.ts",
    right: "const { client } = await session.link(true);",
    wrong: "const { client } = await session.link();",
    shownBy: [succeeds("recover", backend)],
  },
  {
    name: "a deadlock is final",
    file: "pipelines/db/retry.ts",
    right: '"40001 40P01 55P03',
    wrong: '"40001 55P03',
    shownBy: [succeeds("recover", state("40P01", "INSERT ON decision"))],
  },
  {
    name: "nothing is tried again",
    file: "pipelines/db/retry.ts",
    right: "if (!isTransient(error) || options.stopped() || performance.now() > deadline) throw error;",
    wrong: "throw error;",
    shownBy: [succeeds("corrupt", backend)],
  },
  {
    name: "a failure exits with 0",
    file: "pipelines/main.ts",
    right: "if (!stop.signal.aborted) return reporter.failure(error);",
    wrong: "if (!stop.signal.aborted) { reporter.failure(error); return 0; }",
    shownBy: [{ stage: "recover", fault: { kind: "read_only" }, end: "halts" }],
  },
  {
    name: "the lease keeps nobody out",
    file: "pipelines/db/lease.ts",
    right: "if (live) return false;",
    wrong: "",
    shownBy: [succeeds("recover", { kind: "rival", batch: 1 })],
  },
  {
    name: "a shard forgets its last buckets",
    file: "pipelines/domain/shards.ts",
    right: "Array.from({ length: size },",
    wrong: "Array.from({ length: size - 40 },",
    shownBy: [succeeds("recover", backend)],
  },
  {
    name: "quarantine keeps no evidence",
    file: "pipelines/workers/shard-decisions.ts",
    right: '{ into: sql("recover.store_triage"), lines: triage },',
    wrong: "",
    shownBy: [succeeds("recover", backend)],
  },
  {
    name: "what a device is hangs on its worker",
    file: "pipelines/workers/generate-task.ts",
    right: "devices: deviceCount, seed, campaignId",
    wrong: "devices: deviceCount, seed: seed + worker, campaignId",
    shownBy: [succeeds("generate", backendOfTwo)],
  },
  {
    name: "Ctrl-C is not heard",
    file: "pipelines/main.ts",
    right: "      stop.abort();",
    wrong: "",
    shownBy: [{ stage: "recover", fault: { kind: "signal", signal: "SIGINT", batch: 1 }, end: "interrupted" }],
  },
  {
    name: "a run that was killed is left open",
    file: "pipelines/context.ts",
    right: "await closeAbandonedRuns(client, closes);",
    wrong: "",
    shownBy: [resumes("recover", killed)],
  },
  {
    name: "a session that ends unasked is a crash",
    file: "pipelines/db/client.ts",
    right: '  client.on("error", () => {});',
    wrong: "",
    // The session that holds the lease idles; one that is ended within a statement is closed by its worker, mostly before it could crash.
    shownBy: [{ stage: "recover", fault: { kind: "stolen", batch: 1 }, end: "halts" }],
  },
  {
    name: "errors name the password",
    file: "pipelines/db/connect.ts",
    right: "{host}:",
    wrong: "{password}:",
    shownBy: [{ stage: "recover", fault: { kind: "read_only" }, end: "halts" }],
  },
  {
    name: "a mute server is waited for",
    file: "pipelines/db/connect.ts",
    right: "  watch(client, target.config);",
    wrong: "",
    shownBy: [
      {
        stage: "recover",
        fault: { kind: "link", strike: { kind: "mute", roundTrip: 8 } },
        end: "succeeds_or_resumable",
      },
    ],
  },
  {
    name: "who lost the lease may still write",
    file: "pipelines/db/queries/ledger.sql",
    right: "SELECT fence(:lease)",
    wrong: "SELECT :lease",
    shownBy: [{ stage: "generate", fault: { kind: "replaced" }, end: "halts" }],
  },
  {
    name: "an import is no transaction",
    file: "pipelines/archive/import.ts",
    right: "inTransaction(client, () => storeAll({ run, archive, db, name, found }))",
    wrong: "storeAll({ run, archive, db, name, found })",
    shownBy: [resumes("restore", killed)],
  },
  {
    name: "an export is written where it is wanted",
    file: "pipelines/archive/folder.ts",
    right: "const result = await work(into, scratch);\n",
    wrong: "mkdirSync(folder, { recursive: true }); const result = await work(folder, scratch); return result;\n",
    shownBy: [resumes("export", killed)],
  },
  {
    name: "an earlier export is taken away before the new one is whole",
    file: "pipelines/archive/folder.ts",
    right: "const result = await work(into, scratch);\n",
    wrong: "rmSync(folder, { recursive: true, force: true }); const result = await work(into, scratch);\n",
    shownBy: [resumes("lake", killed)],
  },
  {
    name: "a decision in triage is no transaction",
    file: "pipelines/triage/store.ts",
    right: "await inTransaction(client, async () => {",
    wrong: "await (async (_: unknown, work: () => Promise<void>) => work())(inTransaction, async () => {",
    shownBy: [resumes("reject", killed)],
  },
];
