import type { Answer } from "../answer.js";
import { count, duration, percent, whole } from "../format.js";
import type { Batch, Campaign } from "../rows.js";
import { contradictedNote } from "./contradicted.js";

/** How did recovery go? `batches` are those of the stage recover alone. */
export function recoveryAnswer(campaign: Campaign | undefined, batches: readonly Batch[]): Answer {
  if (!campaign || campaign.devices === 0)
    return { headline: "There is nothing to recover yet.", detail: "This campaign holds no devices." };
  if (campaign.failed === 0)
    return { headline: "There was nothing to recover.", detail: "Every device updated at the first attempt." };
  if (batches.length === 0) {
    return {
      headline: "Recovery has not run yet.",
      detail: `${count(campaign.partial, "device")} wait for it.${contradictedNote(campaign)}`,
    };
  }
  const passes = new Set(batches.map((batch) => batch.pass)).size;
  const workers = new Set(batches.map((batch) => batch.worker)).size;
  const committed = batches.reduce((sum, row) => sum + row.batches, 0);
  const elapsed = elapsedOf(batches);
  const decided = campaign.recovered + campaign.quarantined;
  return {
    headline: `${whole(campaign.recovered)} of ${whole(campaign.failed)} half-updated devices were recovered in ${duration(elapsed)}.`,
    detail:
      `${percent(decided / campaign.failed)} were decided, by ${count(workers, "worker")} in ${count(committed, "batch", "batches")} and ` +
      `${count(passes, "pass", "passes")}; ${count(campaign.quarantined, "device")} (${percent(campaign.quarantined / campaign.failed)}) went to a person.${contradictedNote(campaign)}`,
  };
}

/** Milliseconds of work: passes may lie days apart, so that between them does not count. */
export function elapsedOf(batches: readonly Batch[]): number {
  const ends = new Map<number, number>();
  for (const batch of batches) ends.set(batch.pass, Math.max(ends.get(batch.pass) ?? 0, batch.finished_ms));
  return [...ends.values()].reduce((sum, end) => sum + end, 0);
}
