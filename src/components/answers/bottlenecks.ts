import type { Answer } from "../answer.js";
import { count, list, percent, place, short, stageName } from "../format.js";
import { groupBy, sumOf } from "../group.js";
import type { Bottleneck } from "../rows.js";

/** Who is worst, and how sure are we? */
export function bottlenecksAnswer(rows: readonly Bottleneck[]): Answer {
  const failures = sumOf(rows, (row) => row.failures);
  if (rows.length === 0 || failures === 0) {
    return { headline: "No stage can be ranked.", detail: "There is no failure with a known stage in this campaign." };
  }
  const stage = worstStage(rows);
  const there = rows.filter((row) => row.stage === stage);
  const share = sumOf(there, (row) => row.failures) / failures;
  const first = there.filter((row) => row.rank === 1);
  const rivals = there.filter((row) => row.rank_low === 1).length;
  const lead = first.map((row) => short(place(row.region)));
  const rates = `${percent(first[0]?.rate)} of ${count(first[0]?.at_risk ?? 0, "device")} that came to it${first.length > 1 ? " in the first of them" : ""}`;
  const headline =
    rivals === 1 && first.length === 1
      ? `${stageName(stage)} is the bottleneck, and ${lead[0]} is worst there, beyond noise.`
      : `${stageName(stage)} is the bottleneck, but no region is clearly the worst there.`;
  const sure = [...groupBy(rows, (row) => row.stage).values()].filter(
    (group) => group.filter((row) => row.rank_low === 1).length === 1,
  );
  return {
    headline,
    detail:
      `${percent(share)} of all failures with a known stage happen there. ${list(lead)} ${lead.length > 1 ? "share" : "has"} the highest rate (${rates}); ` +
      `${rivals === 1 ? "no other may hold its place" : `${rivals} regions may hold the first place, as far as their intervals tell`}. ` +
      `One region is clearly worst at ${sure.length} of ${new Set(rows.map((row) => row.stage)).size} stages.`,
  };
}

/** The stage with the most failures. */
export function worstStage(rows: readonly Bottleneck[]): string {
  const totals = [...groupBy(rows, (row) => row.stage)].map(
    ([stage, group]) => [stage, sumOf(group, (row) => row.failures)] as const,
  );
  return totals.sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}
