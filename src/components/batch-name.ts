import { whole } from "./format.js";
import type { Batch } from "./rows.js";

/** The number of a batch. Where a row is several, that of the lowest and how many more: "5 and 12 more". */
export function batchName({ batch_no, batches }: Batch): string {
  return batches === 1 ? whole(batch_no) : `${whole(batch_no)} and ${whole(batches - 1)} more`;
}
