import type { Answer } from "../answer.js";
import type { DictionaryMart } from "../dictionary-rows.js";
import { count } from "../format.js";
import type { Campaign } from "../rows.js";

/** Anything else? */
export function sqlAnswer(marts: readonly DictionaryMart[], campaign: Campaign | undefined): Answer {
  const detail =
    "DuckDB runs here, in the page, over the same data as the other pages: nothing you ask leaves it. It is loaded, about 8 MB, when you run the first query.";
  const tables = count(marts.length, "table");
  if (!campaign || campaign.devices === 0)
    return { headline: `There is no device to ask about yet: the ${tables} hold no fleet.`, detail };
  return { headline: `Ask ${tables} about ${count(campaign.devices, "device")}, in SQL.`, detail };
}
