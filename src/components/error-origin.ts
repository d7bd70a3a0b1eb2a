import type { CountRow } from "./count-bars.js";
import type { ErrorStage } from "./error-rows.js";
import { groupBy, sumOf } from "./group.js";

const UNKNOWN = "not known";

/** How many failures the reference sends one to look for where, the most first. */
export const origins = (rows: readonly ErrorStage[]): CountRow[] =>
  [...groupBy(rows, (row) => row.look_at ?? UNKNOWN)]
    .map(([label, group]) => ({ label, count: sumOf(group, (row) => row.failures) }))
    .sort((a, b) => b.count - a.count);
