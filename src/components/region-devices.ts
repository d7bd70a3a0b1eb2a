import { regionName } from "./answers/region.js";
import { commandRow } from "./command-row.js";
import { element } from "./element.js";
import { count, percent } from "./format.js";
import type { RegionFailure, TriageStanding } from "./rows.js";
import { shellWord } from "./visible.js";

/** A command, and what it lists. */
export interface RegionCommand {
  readonly label: string;
  readonly text: string;
}

/** What has become of the devices of a region: those that wait for a person, and how to list any of them. */
export function regionDevices(row: RegionFailure, standing: TriageStanding | undefined, campaign: string): HTMLElement {
  const open = standing?.open ?? 0;
  const waits = `${count(open, "device waits", "devices wait")} for a person`;
  const region = row.region ?? "";
  const commands = regionCommands(region, open, campaign);
  return element(
    "div",
    { class: "region-devices" },
    element(
      "p",
      {},
      `Of ${count(row.failures, "device")} that failed in ${regionName(region)}, ${count(row.recovered, "was", "were")} recovered`,
      row.failures > 0 ? ` (${percent(row.recovered / row.failures)})` : "",
      open > 0 ? " and " : "; none waits for a person.",
      open === 0 ? null : isWritten(region) ? element("a", { href: triageOf(region) }, waits) : waits,
      open > 0 ? "." : null,
    ),
    commands.length > 0
      ? element(
          "ol",
          { class: "commands" },
          commands.map(({ label, text }) => element("li", {}, element("span", {}, label), commandRow(text))),
        )
      : element("p", { class: "hint" }, "This is no name that devices report, so no command lists them by it."),
  );
}

/** The queue, with this region alone. */
export const triageOf = (region: string): string => `./triage.html?region=${encodeURIComponent(region)}`;

/** A region as devices wrote it, which other words than theirs stand for: `(none)`, `(untrusted)`, or a long one that was cut. */
const isWritten = (region: string): boolean =>
  region !== "" && !["(none)", "(untrusted)"].includes(region) && !/\.\.\. [0-9a-f]{8}$/.test(region);

/** Commands that list devices of a region; where its name holds hidden characters there is none to paste. */
export function regionCommands(region: string, open: number, campaign: string): readonly RegionCommand[] {
  const [regionWord, campaignWord] = [shellWord(region), shellWord(campaign)];
  const where = region === "(none)" ? "coalesce(region, '') = ''" : `region = '${region.replaceAll("'", "''")}'`;
  const query = shellQuery(
    `SELECT device_id, model, last_stage, error_code, update_status FROM ota_logs WHERE ${where} AND update_status <> 'Success' ORDER BY device_id`,
  );
  const listed = open > 0 && isWritten(region) && regionWord !== undefined && campaignWord !== undefined;
  return [
    ...(listed
      ? [
          {
            label: "Those that wait for a person",
            text: `npm run triage -- list --region ${regionWord} --campaign ${campaignWord}`,
          },
        ]
      : []),
    ...((isWritten(region) || region === "(none)") && query !== undefined
      ? [{ label: "All that failed, in the current campaign", text: `npm run db -- psql -c ${query}` }]
      : []),
  ];
}

/** A query as one word of a shell: in double quotes where nothing in it would mean something there. */
function shellQuery(query: string): string | undefined {
  return /^[\w '<>=,.()*+/:-]+$/.test(query) ? `"${query}"` : shellWord(query);
}
