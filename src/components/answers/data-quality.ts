import type { Answer } from "../answer.js";
import { count, percent, whole } from "../format.js";
import { sumOf } from "../group.js";
import type { ChaosSummary, DataQuality, DetectionScore } from "../rows.js";

/** Can we trust the telemetry? */
export function dataQualityAnswer(
  quality: readonly DataQuality[],
  scores: readonly DetectionScore[],
  chaos: ChaosSummary | undefined,
): Answer {
  const reported = quality.filter((row) => row.reported);
  if (reported.length === 0)
    return {
      headline: "There is no telemetry to judge.",
      detail: "This campaign holds no devices, or none that reports a telemetry field.",
    };
  const values = sumOf(reported, (row) => row.devices);
  const broken = sumOf(reported, (row) => row.findings);
  const detail = `${whole(broken)} of ${whole(values)} reported values (${percent(broken / values)}) break a rule. `;
  const all = scores.find(({ scope }) => scope === "all");
  const injected = all?.injected ?? 0;
  if (injected === 0) {
    const headline =
      broken === 0 ? "No value breaks a rule." : `${percent(1 - broken / values)} of the telemetry can be used.`;
    return { headline, detail: `${detail}How well the rules find faults is not known: none were injected on purpose.` };
  }
  const missed = all?.missed ?? 0;
  const alarms = all?.false_alarms ?? 0;
  const truth = `${whole(injected - missed)} of ${whole(injected)} faults that were injected on purpose were found, with ${count(alarms, "finding")} where nothing was injected.`;
  return {
    headline:
      missed === 0
        ? `Yes: all ${whole(injected)} injected faults were found${alarms === 0 ? ", and nothing else was" : ""}.`
        : `Mostly: ${whole(missed)} of ${whole(injected)} injected faults were missed.`,
    detail: `${detail}${truth}${wolf(chaos)}`,
  };
}

/** How often the rules cry wolf. */
function wolf(chaos: ChaosSummary | undefined): string {
  if (!chaos || chaos.false_alarm_rate === null) return "";
  const { sound_with_finding: alarmed, sound_devices: sound } = chaos;
  return ` Of ${count(sound, "device")} that nothing was done to, ${alarmed === 0 ? "none" : whole(alarmed)} ${alarmed === 1 ? "is" : "are"} suspected (at most ${percent(chaos.false_alarm_rate_high, 3)}).`;
}
