import { count } from "../format.js";
import type { Campaign } from "../rows.js";

/** That a server reported devices as updated which rolled back: a sentence, or nothing where there are none. */
export const contradictedNote = ({ contradicted }: Campaign): string =>
  contradicted > 0
    ? ` ${count(contradicted, "device")} reported success but still ${contradicted === 1 ? "runs" : "run"} another version: counted as failed.`
    : "";
