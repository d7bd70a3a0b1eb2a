import type { Values } from "sentinel-ota/domain";
import { commandRow } from "./command-row.js";
import { element } from "./element.js";
import type { AssumptionRow } from "./outlook-rows.js";
import type { Campaign } from "./rows.js";
import { saveFile } from "./save-file.js";
import { shellWord } from "./visible.js";

const FILE = "ours";

/** The assumptions as a file, with the chosen values in the middle, and the command that makes them the site's own. */
export function roiFile(assumptions: readonly AssumptionRow[], values: Values, campaign: Campaign): HTMLElement {
  const text = roiText(assumptions, values);
  const name = shellWord(campaign.campaign);
  return element(
    "ol",
    {},
    element(
      "li",
      {},
      "Save them, and put in your own ranges and sources. ",
      saveFile("Save the assumptions", `${FILE}.json`, text),
    ),
    element(
      "li",
      {},
      "Put the file into ",
      element("code", {}, "data/roi"),
      " and make the site with it:",
      commandRow(`npm run report -- --roi ${FILE}${name === undefined ? "" : ` --campaign ${name}`}`),
    ),
  );
}

/** The file: what was chosen becomes the middle, and says so. */
export function roiText(assumptions: readonly AssumptionRow[], values: Values): string {
  const [first] = assumptions;
  const list = assumptions.map(({ id, label, unit, low, mid, high, source, note }) => ({
    ...{
      id,
      label,
      unit,
      low,
      mid: values[id],
      high,
      source,
      note: values[id] === mid ? note : `${note} The middle was ${mid}.`,
    },
  }));
  const file = { name: FILE, version: 1, currency: first?.currency ?? "", assumptions: list };
  return `${JSON.stringify(file, null, 2)}\n`;
}
