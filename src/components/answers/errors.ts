import type { Answer } from "../answer.js";
import { origins } from "../error-origin.js";
import type { ErrorCode, ErrorStage, GroupFailure } from "../error-rows.js";
import { errorName, groupName } from "../error-words.js";
import { count, list, percent, short, stageName, whole } from "../format.js";
import { groupBy, sumOf } from "../group.js";
import type { Campaign } from "../rows.js";

/** Some device says why it failed. */
export const isExplained = (codes: readonly ErrorCode[]): boolean => codes.some(isNamed);

const isNamed = ({ error_code }: ErrorCode): boolean => error_code !== "(none)";

/** What broke them? */
export function errorsAnswer(
  codes: readonly ErrorCode[],
  stages: readonly ErrorStage[],
  campaign: Campaign | undefined,
): Answer {
  if (!campaign || campaign.devices === 0)
    return { headline: "There is no failure to explain yet.", detail: "This campaign holds no devices." };
  const { devices, failed } = campaign;
  if (failed === 0)
    return {
      headline: `Nothing broke: all ${whole(devices)} devices updated at the first attempt.`,
      detail: "No device reports an error.",
    };
  const named = codes.filter(isNamed);
  if (named.length === 0)
    return {
      headline: `What broke ${count(failed, "device")} is not known.`,
      detail: `${percent(failed / devices)} of ${whole(devices)} devices failed, and none of them says by which error.`,
    };
  return {
    headline: headline(named, failed),
    detail: [half(codes), silent(codes, failed), lookFirst(stages, failed), where(stages, failed)].join(""),
  };
}

const name = ({ error_code }: ErrorCode): string => short(errorName(error_code));

/** One error leads where its interval lies above all others. */
function headline(named: readonly ErrorCode[], failed: number): string {
  const lead = named[0] as ErrorCode;
  const rivals = named.filter((row) => row.share_high >= lead.share_low);
  const share = `${percent(lead.share)} of ${count(failed, "failed device")}`;
  if (rivals.length === 1) return `${name(lead)} broke most: ${share}.`;
  const others = rivals.length > 3 ? `${rivals.length} errors` : list(rivals.map(name));
  return `No one error stands out: ${rivals.length === 2 ? "either" : "any"} of ${others} may be the most frequent.`;
}

/** How few codes make up half of the failures. */
function half(codes: readonly ErrorCode[]): string {
  const few = codes.findIndex((row) => row.cumulative_share >= 0.5) + 1;
  const share = percent(codes[few - 1]?.cumulative_share);
  if (few === 1) return `${name(codes[0] as ErrorCode)} alone makes up ${share} of the failures. `;
  return `${few} of ${codes.length} codes make up ${share} of the failures: ${list(codes.slice(0, Math.min(few, 4)).map(name))}${few > 4 ? " and others" : ""}. `;
}

function silent(codes: readonly ErrorCode[], failed: number): string {
  const none = codes.find((row) => !isNamed(row));
  return none ? `${count(none.failures, "device")} (${percent(none.failures / failed)}) failed without a code. ` : "";
}

function lookFirst(stages: readonly ErrorStage[], failed: number): string {
  const known = origins(stages).filter(({ label }) => label !== "not known");
  if (known.length === 0) return "";
  const parts = known.map(({ label, count: n }) => `the ${label} for ${percent(n / failed)}`);
  return `By what the codes mean, look first at ${list(parts)}. `;
}

function where(stages: readonly ErrorStage[], failed: number): string {
  const known = [...groupBy(stages, (row) => row.stage)].flatMap(([stage, group]) =>
    stage === null ? [] : [{ stage, failures: sumOf(group, (row) => row.failures) }],
  );
  const [most] = known.sort((a, b) => b.failures - a.failures);
  return most ? `Most stopped at ${stageName(most.stage)} (${percent(most.failures / failed)}).` : "";
}

/** Which models, or versions, differ from all others: one sentence, also where none does. */
export function groupsSay(rows: readonly GroupFailure[], many: string): string {
  if (rows.length < 2) return `There is one of them, and so nothing to compare it with.`;
  const say = (verdict: string): string[] =>
    rows
      .filter((row) => row.verdict === verdict)
      .map((row) => `${short(groupName(row.name))} (${percent(row.rate)} against ${percent(row.rest_rate)})`);
  const [worse, better] = [say("worse"), say("better")];
  if (worse.length + better.length === 0) return `No detectable difference between ${rows.length} ${many}.`;
  const parts = [
    ...(worse.length > 0 ? [`more often than all others: ${list(worse)}`] : []),
    ...(better.length > 0 ? [`less often: ${list(better)}`] : []),
  ];
  return `Beyond noise, these fail ${parts.join("; ")}.`;
}
