import type { StageRun } from "../context.ts";
import { copyLine } from "../db/copy.ts";
import { copyIn } from "../db/copy-in.ts";
import { bind, sql } from "../db/sql.ts";
import { inTransaction } from "../db/transaction.ts";
import type { After } from "../domain/triage.ts";
import type { PolicyAction, TriageVerb } from "../domain/vocabulary.ts";
import type { DecisionRow, StoredPlace } from "./places.ts";

/** A decision that stands to reason, on its way into the database. */
export interface Decided {
  readonly place: StoredPlace;
  readonly verb: TriageVerb;
  readonly by: string;
  readonly why: string | null;
  readonly after: After;
}

/** Numbers of the rows of `decision_rule` that stand for what a person decides alone. */
export type PersonRules = Readonly<Partial<Record<PolicyAction, number>>>;

/**
 * Stores decisions with their audit in one transaction, for who holds the lease. A place that is not any more what it was when it was looked at
 * makes all of it fail.
 */
export async function storeDecisions(
  { client, leaseId }: Pick<StageRun, "client" | "leaseId">,
  campaign: number,
  decisions: readonly Decided[],
  rules: PersonRules,
): Promise<void> {
  const moves = decisions.map((decision) => ({ ...decision, gave: given(decision, rules) }));
  const places = moves.map(({ place }) => place);
  const buckets = [...new Set(places.map(({ bucket }) => bucket))];
  const column = <K extends keyof StoredPlace>(key: K, of: readonly StoredPlace[] = places) =>
    of.map((one) => one[key]);
  const taken = places.filter(({ decision }) => decision);
  const gifts = moves.flatMap(({ place, gave }) => (gave ? [{ ...place, ...gave }] : []));
  await inTransaction(client, async () => {
    await client.query(sql("triage.take_decisions"), [
      ...[campaign, column("bucket", taken), column("deviceNo", taken), buckets],
    ]);
    const gift = <K extends keyof (typeof gifts)[number]>(key: K) => gifts.map((one) => one[key]);
    await client.query(sql("triage.give_decisions"), [
      ...[campaign, gift("bucket"), gift("deviceNo"), gift("rule"), gift("pass"), gift("batch")],
    ]);
    const states = moves.map(({ after }) => after.state);
    const moved = await client.query(sql("triage.move_places"), [
      ...[campaign, column("bucket"), column("deviceId"), column("version"), states, buckets],
    ]);
    if (moved.rowCount !== moves.length) throw new Error("a place in triage moved under the lease");
    await client.query(sql("triage.forget_amendments"), [campaign, column("bucket"), column("deviceId"), buckets]);
    await copyIn(
      client,
      [
        { into: sql("triage.store_amendments"), lines: Buffer.from(moves.map(amendmentLines(campaign)).join("")) },
        { into: sql("triage.store_decisions"), lines: Buffer.from(moves.map(auditLine(campaign)).join("")) },
      ],
      bind(sql("triage.fence"), { lease: leaseId }),
    );
  });
}

type Move = Decided & { readonly gave: DecisionRow | undefined };

/** The row of `decision` that the device has from now on: what a person chose, the quarantine that stands again, or none until recovery decides. */
function given({ place, verb, after }: Decided, rules: PersonRules): DecisionRow | undefined {
  if (verb === "reopen") return place.quarantine;
  const rule = after.action && rules[after.action];
  return rule === undefined ? undefined : { ...place.quarantine, rule };
}

const amendmentLines =
  (campaign: number) =>
  ({ place, after }: Move): string =>
    after.amendments
      .map(({ field, value, rule }) =>
        copyLine([place.bucket, campaign, place.deviceId, field, value ?? null, rule ?? null]),
      )
      .join("");

const auditLine =
  (campaign: number) =>
  ({ place, verb, by, why, after, gave }: Move): string => {
    const { bucket, deviceId, version, state, amendments, evidence, quarantine, decision } = place;
    const before = { state, amendments, ...evidence, pass: quarantine.pass, batch: quarantine.batch };
    return copyLine([
      ...[bucket, campaign, deviceId, version, verb, by, why, JSON.stringify(before), JSON.stringify(after)],
      ...[decision, gave].flatMap((row) => [row?.rule ?? null, row?.pass ?? null, row?.batch ?? null]),
    ]);
  };
