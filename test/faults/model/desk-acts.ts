import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCsv, writeCsv } from "../../../pipelines/triage/csv.ts";
import { holdDecisions } from "../../support/barrier.ts";
import { query } from "../../support/fleet.ts";
import { playAlone } from "./acts.ts";
import type { Proposal, Said } from "./desk.ts";
import { acted, openOf, proposalsOf } from "./desk-plan.ts";
import { type Ask, type Campaign, type Model, plan, withCampaign } from "./model.ts";
import { wordsOf } from "./output.ts";
import type { Sheet, Turn } from "./turn.ts";

/** Exports the queue, which must hold a row a finding of every open place. */
export async function playExport(turn: Turn, campaign: Campaign): Promise<Sheet> {
  const file = join(turn.ground.files, `${new URL(turn.url).pathname.slice(1)}.csv`);
  const ask: Ask = {
    command: "triage",
    words: ["export", file],
    options: { campaign: campaign.name, replace: true },
  };
  await playAlone(turn, ask);
  const { columns, rows } = readCsv(readFileSync(file, "utf8"));
  const open = openOf(campaign).flatMap(({ device, fields, version }) =>
    fields.map((field) => `${device} ${field} ${version}`),
  );
  const there = rows.map(({ device, field, version }) => `${device} ${field} ${version}`);
  if (String(there.sort()) !== String(open.sort())) throw new Error(`the file has ${there}, not ${open}`);
  return { campaign: campaign.name, file, columns, rows };
}

/** Writes into an exported file what a person says, and what is asked for by it. */
export function corrected({ campaign, file, columns, rows }: Sheet, proposals: readonly Proposal[]): Ask {
  const told = rows.map((row) => {
    const proposal = proposals.find(({ device }) => device === row.device);
    return proposal ? { ...row, why: "tried", ...cellsOf(proposal, row.field ?? "") } : row;
  });
  writeFileSync(file, writeCsv(told, columns));
  const by = proposals[0]?.by;
  return { command: "triage", words: ["import", file], options: { campaign, by }, desk: proposals };
}

function cellsOf({ verb, said, action }: Proposal, field: string): { decision: string; new_value: string | null } {
  if (verb === "reject") return { decision: `reject ${action ?? ""}`.trim(), new_value: null };
  if (verb === "release") return { decision: "release", new_value: null };
  const value = (said as Said)[field] ?? null;
  return { decision: value === null ? "accept" : "fix", new_value: value };
}

/** A command that is killed while it stores a decision: what it stored before stays, and of this transaction nothing. */
export async function playKilledDeciding(turn: Turn, ask: Ask, choice: number): Promise<void> {
  const { campaigns, current } = turn.model;
  const name = ask.options.campaign ?? current;
  const campaign = campaigns.find((one) => one.name === name);
  const decisions = plan(turn.model, ask).outcomes?.filter((outcome) => outcome === "decided").length ?? 0;
  if (!campaign || decisions === 0) return playAlone(turn, ask);
  const at = choice % decisions;
  const [before] = await query<{ entries: number }>(turn.url, "SELECT count(*)::int AS entries FROM triage_decision");
  const held = `(SELECT count(*) FROM triage_decision) >= ${(before?.entries ?? 0) + at}`;
  const barrier = await holdDecisions(turn.url, held);
  const running = turn.start(ask);
  try {
    const early = running.ended.then(({ code, stdout, stderr }) => {
      throw new Error(`${wordsOf(ask).join(" ")} ends with ${code} before decision ${at}: ${stdout}${stderr}`);
    });
    await Promise.race([barrier.reached(), early]);
    early.catch(() => {});
    running.signal("SIGKILL");
    await running.ended;
    await barrier.abort();
  } finally {
    await barrier.pass();
    await running.ended;
    await barrier.close();
  }
  await turn.arrive(stoppedAt(turn.model, ask, campaign, at));
  turn.told = undefined;
}

/** The model with the transactions stored that end before a decision. */
function stoppedAt(model: Model, ask: Ask, campaign: Campaign, at: number): Model {
  const proposals = proposalsOf(ask, campaign);
  const { outcomes } = acted(campaign, proposals);
  const decided = [...outcomes.keys()].filter((no) => outcomes[no] === "decided");
  const size = ask.options.batchSize ?? Number.POSITIVE_INFINITY;
  const whole = Math.floor((decided[at] as number) / size);
  const { places } = acted(campaign, proposals.slice(0, whole === 0 ? 0 : whole * size));
  const now = withCampaign(model, campaign.name, (found) => ({ ...found, places }));
  return { ...now, openRuns: 1 };
}
