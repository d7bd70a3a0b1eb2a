import type { DeviceReport } from "./fleet.ts";
import type { ReportedStatus } from "./vocabulary.ts";

const BLANKS = " \t\n\v\f\r";

/** What a version says, however it is written: `" V2.4.0-RC1"` is `"2.4.0-rc1"`; null where it says nothing. `version_said` is the same in SQL. */
export function versionSaid(version: string | null): string | null {
  if (version === null) return null;
  let [from, to] = [0, version.length];
  const skipBlanks = (): void => {
    while (from < to && BLANKS.includes(version.charAt(from))) from++;
  };
  skipBlanks();
  while (from < to && BLANKS.includes(version.charAt(to - 1))) to--;
  if (version.charAt(from) === "v" || version.charAt(from) === "V") from++;
  skipBlanks();
  if (from >= to) return null;
  return version.slice(from, to).replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What a device counts as: what it reported, but Partial where it reported success and another version than the one that was to be installed. */
export function countedStatus(
  report: Pick<DeviceReport, "updateStatus" | "firmware_to" | "firmware_reported">,
): ReportedStatus {
  const { updateStatus, firmware_to: wanted, firmware_reported: reported } = report;
  if (updateStatus === "Partial" || reported === wanted) return updateStatus;
  const [one, other] = [versionSaid(reported), versionSaid(wanted)];
  return one === null || other === null || one === other ? "Success" : "Partial";
}
