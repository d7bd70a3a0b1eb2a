import type { Target } from "../pipelines/db/connect.ts";
import { keyDecisions, keyReports } from "../pipelines/db/partitions.ts";
import { bind, sql } from "../pipelines/db/sql.ts";
import { type Lane, WorkerPool } from "../pipelines/workers/pool.ts";
import type { Task } from "../pipelines/workers/protocol.ts";
import {
  breakGround,
  corruptTask,
  type Ground,
  generateTask,
  type Place,
  recoverTask,
  type Storing,
} from "./ground.ts";
import { LANES } from "./sessions.ts";
import type { Notes, Phase } from "./side.ts";
import { statement } from "./statement.ts";

/** Numbers for passes that store nothing. */
let drills = 0;

/**
 * The real workers, which do a stage's real task as `npm run` has it done. They have loaded their code and opened their sessions before
 * any clock runs: in `npm run` they load while the database is being opened.
 */
export class Crew {
  readonly #ground: Ground;
  readonly #workers: number;
  readonly #target: Target;
  #pool: WorkerPool | undefined;

  constructor(ground: Ground, workers = LANES, target = ground.target) {
    this.#ground = ground;
    this.#workers = workers;
    this.#target = target;
    ground.atEnd(() => this.close());
  }

  async ready(): Promise<void> {
    if (this.#pool) return;
    this.#pool = new WorkerPool(this.#workers);
    const { pass, ...task } = generateTask({ ...this.#ground, devices: 0 }, { batchSize: 1, inFlight: 1 });
    const drill = { ...pass, campaignId: --drills, batches: this.#workers };
    await this.run({ ...task, batchSize: 0, pass: drill });
  }

  async run(task: Task): Promise<number> {
    await this.ready();
    const { signal } = this.#ground;
    const batches = Array.from({ length: task.pass.batches }, (_, batch) => batch);
    let lanes: readonly Lane[] = [];
    const onProgress = (now: readonly Lane[]): void => {
      lanes = now;
    };
    const pool = this.#pool as WorkerPool;
    await pool.run({ task, posts: [{ target: this.#target, batches }], signal, onProgress, onNote: () => {} });
    signal.throwIfAborted();
    return lanes.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** What stage generate does: stores the fleet, gives it its key, and the planner an idea of it. */
  async generate(phase: Phase, storing?: Storing): Promise<number> {
    const { client, campaign } = this.#ground;
    phase("load");
    const rows = await this.run(generateTask(this.#ground, storing));
    phase("key");
    await keyReports(this.#ground, campaign.campaign_id);
    phase("analyse");
    await client.query(bind(sql("generate.analyze"), { campaign: campaign.campaign_id }));
    return rows;
  }

  /** What stage corrupt does by a chaos profile. */
  async corrupt(profile?: string): Promise<number> {
    return this.run(await corruptTask(this.#ground, profile));
  }

  /** What stage recover does: decides every Partial device, gives the decisions their key, and the planner an idea of them. */
  async recover(phase: Phase, rules?: string): Promise<number> {
    const { client, campaign } = this.#ground;
    phase("load");
    const rows = await this.run(recoverTask(this.#ground, rules));
    phase("key");
    await keyDecisions(this.#ground, campaign.campaign_id);
    phase("analyse");
    await client.query(bind(sql("recover.analyze"), { campaign: campaign.campaign_id }));
    return rows;
  }

  /** Brings back what one of the stages starts from. */
  async forget(stage: "generate" | "corrupt" | "recover"): Promise<void> {
    const { client, campaign } = this.#ground;
    await client.query(bind(statement(`forget_${stage}`), { campaign: campaign.campaign_id }));
  }

  /** What the server has noted of a stage. */
  async notes(stage: "generate" | "corrupt" | "recover"): Promise<Notes> {
    const { client, campaign } = this.#ground;
    const id = campaign.campaign_id;
    const times = await client.query<{ ms: number }>(statement("batch_times"), [stage, id]);
    const tables = TABLES[stage].map((name) => name.replace("N", String(id)));
    return { batchMs: times.rows.map(({ ms }) => ms), diskBytes: await bytesOf(this.#ground, tables) };
  }

  async close(): Promise<void> {
    await this.#pool?.close();
    this.#pool = undefined;
  }
}

/** A fleet that went through all stages, for work that only reads it. */
export async function recoveredFleet(place: Place): Promise<Ground> {
  const ground = await breakGround(place);
  const crew = new Crew(ground);
  await crew.generate(() => {});
  await crew.corrupt();
  await crew.recover(() => {});
  await crew.close();
  return ground;
}

/** The tables that a stage writes to; N stands for the number of the campaign. */
const TABLES = {
  generate: ["stored_report_N", "batch_ledger"],
  corrupt: ["stored_report_N", "fault_ledger", "batch_ledger"],
  recover: ["stored_report_N", "decision_N", "triage_queue", "batch_ledger"],
} as const;

/** Bytes that tables take, indexes included. */
export async function bytesOf({ client }: Pick<Ground, "client">, tables: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(statement("relation_bytes"), [tables]);
  return rows[0]?.bytes ?? 0;
}
