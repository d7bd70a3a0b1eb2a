import { element } from "./element.js";
import { empty } from "./empty.js";
import type { Campaign } from "./rows.js";
import { shellWord } from "./visible.js";

/** Why there is nothing to draw, and what would change that. One function a reason, so that pages say the same thing alike. */

export const noDevices = (): HTMLElement =>
  empty({
    why: "This campaign holds no devices.",
    remedy: "Generate a fleet, or import one, and run the pipeline.",
    command: "npm run pipeline",
  });

export function noStages(campaign: Campaign | undefined): HTMLElement {
  if (!campaign || campaign.devices === 0) return noDevices();
  if (campaign.source === "imported") {
    return empty({
      why: "The imported file does not say at which stage a device stopped.",
      remedy: "Add a column last_stage (QUEUED to SUCCEEDED) to the file and import it again.",
      command: "npm run pipeline -- --from fleet.csv --replace",
    });
  }
  return empty({
    why: "No device reports a stage.",
    remedy: "Generate the fleet again.",
    command: "npm run pipeline -- --replace",
  });
}

export const noModels = (campaign: Campaign | undefined): HTMLElement =>
  !campaign || campaign.devices === 0
    ? noDevices()
    : empty({
        why: "No device says which model it is.",
        remedy: "Add the columns model and firmware_from to the file and import it again.",
        command: "npm run pipeline -- --from fleet.csv --replace",
      });

export const noPlaces = (campaign: Campaign | undefined): HTMLElement =>
  !campaign || campaign.devices === 0
    ? noDevices()
    : empty({
        why: "No region of this campaign has a place on the map.",
        remedy: "Add a line for each to data/regions.csv, with latitude, longitude and countries, and report again.",
        command: "npm run report",
      });

/** Nothing failed, or what failed does not say why. */
export const noErrors = (campaign: Campaign | undefined): HTMLElement =>
  !campaign || campaign.devices === 0
    ? noDevices()
    : campaign.failed === 0
      ? empty({ why: "No device failed.", remedy: "There is no error to show." })
      : empty({
          why: "No device says by which error it failed.",
          remedy: "Add the column error_code to the file (its words are those of data/errors.csv) and import it again.",
          command: "npm run pipeline -- --from fleet.csv --replace",
        });

export const noRecovery = (campaign: Campaign | undefined): HTMLElement =>
  !campaign || campaign.devices === 0
    ? noDevices()
    : empty({
        why: "Recovery has not decided anything yet.",
        remedy: "Run it, and report again.",
        command: "npm run recover && npm run report",
      });

export const noFaults = (campaign: Campaign | undefined): HTMLElement =>
  !campaign || campaign.devices === 0
    ? noDevices()
    : empty({
        why: "No faults were injected, so how well the rules find them cannot be measured.",
        remedy: "Inject some before recovery: each is kept in a ledger with its value before and after.",
        command: "npm run pipeline -- --fault-rate 0.015",
      });

export const noTriage = (): HTMLElement =>
  empty({
    why: "Nothing is quarantined.",
    remedy: "When telemetry breaks a rule, recovery holds the device back and it stands here with its evidence.",
  });

export const notValidated = (): HTMLElement =>
  empty({
    why: "The promises were not checked yet.",
    remedy: "Validation runs each of them as a query against the database, and fails loudly where one is broken.",
    command: "npm run validate && npm run report",
  });

/** A second campaign over the same devices tells most: whatever differs then is what was set otherwise. */
export function noOtherCampaign(campaign: Campaign | undefined): HTMLElement {
  if (!campaign || campaign.devices === 0) return noDevices();
  return empty({
    why: "No other campaign of the database was whole and at rest.",
    remedy:
      "Run a second one beside it; here over the same devices, with the recovery policy for the field. It is compared as soon as it is done.",
    command: secondCampaign(campaign),
  });
}

/** The same in one line, for a page that has more to show than a comparison. */
export function noRunBefore(campaign: Campaign | undefined, others: number): HTMLElement {
  if (!campaign || campaign.devices === 0) return noDevices();
  return others > 0
    ? element("p", {}, "No campaign that is compared is older than this one; the page Runs has the later ones.")
    : element("p", {}, "There is no run before this one. A second: ", element("code", {}, secondCampaign(campaign)));
}

function secondCampaign(campaign: Campaign): string {
  const again =
    campaign.source === "generated"
      ? `--devices ${campaign.devices} --seed ${campaign.seed}`
      : `--from ${shellWord(campaign.source_file ?? "fleet.csv") ?? "fleet.csv"}`;
  return `npm run pipeline -- ${again} --policy field --campaign second`;
}
