import type { Answer } from "../answer.js";
import { count, list, percent, words } from "../format.js";
import type { Campaign, TriageStanding } from "../rows.js";

/** What must a person do? */
export function triageAnswer(standings: readonly TriageStanding[], campaign: Campaign | undefined): Answer {
  const queue = standings.find(({ scope }) => scope === "all");
  if (!queue || queue.held === 0) return nobodyHeld(campaign);
  if (queue.open > 0) return work(queue, standings, campaign);
  const waiting = `${count(queue.waiting, "released device waits", "released devices wait")} for the next recovery`;
  if (queue.waiting > 0)
    return {
      headline: `Nothing waits for a person: ${waiting}.`,
      detail: `Run npm run recover. ${became(queue)}`,
    };
  return {
    headline: `Nothing waits for a person: ${queue.held === 1 ? "the one device" : `all ${count(queue.held, "device")}`} that ${queue.held === 1 ? "was" : "were"} held ${queue.held === 1 ? "is" : "are"} decided.`,
    detail: became(queue),
  };
}

function nobodyHeld(campaign: Campaign | undefined): Answer {
  const undecided = campaign?.partial ?? 0;
  const detail =
    undecided > 0
      ? `Recovery still has to decide ${count(undecided, "device")}; those that it can't trust will stand here.`
      : "No device was ever held back.";
  return { headline: "Nothing waits for a person.", detail };
}

function work(queue: TriageStanding, standings: readonly TriageStanding[], campaign: Campaign | undefined): Answer {
  const { open, proposed, held } = queue;
  const share =
    campaign && campaign.failed > 0 ? ` That is ${percent(open / campaign.failed)} of the devices that failed.` : "";
  const first = standings.find(({ scope }) => scope === "rule");
  const most = first ? ` Most often: ${words(first.name)} (${count(first.open, "device")}).` : "";
  const offer =
    proposed === 0
      ? ""
      : proposed === open
        ? `; rules propose how to fix ${open === 1 ? "it" : "all of them"}`
        : `; for ${proposed} of them rules propose the fix`;
  return {
    headline: `${count(open, "device needs", "devices need")} a decision${offer}.`,
    detail: `Their telemetry breaks a rule, so no action was taken on ${open === 1 ? "it" : "them"}.${share}${most}${held > open ? ` ${became(queue)}` : ""}`,
  };
}

/** What has become of the places that are not open. */
function became({ held, open, waiting, recovered, rejected, repaired }: TriageStanding): string {
  const parts = [
    waiting > 0 ? `${count(waiting, "waits", "wait")} for the next recovery` : "",
    recovered > 0 ? `${count(recovered, "was", "were")} recovered once released` : "",
    rejected > 0 ? `${count(rejected, "was", "were")} decided by a person` : "",
    repaired > 0 ? `${count(repaired, "was", "were")} repaired by a rule` : "",
  ].filter((part) => part !== "");
  return `Of ${count(held, "device")} ever held, ${list([...parts, ...(open > 0 ? [`${count(open, "is", "are")} open`] : [])])}.`;
}
