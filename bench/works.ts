import { corrupt } from "./chaos.ts";
import { imports } from "./import.ts";
import { ingest } from "./ingest.ts";
import { link } from "./link.ts";
import { marts } from "./marts.ts";
import { pipeline } from "./pipeline.ts";
import { pull } from "./pull.ts";
import { recovery } from "./recovery.ts";
import { status } from "./status.ts";
import type { Work } from "./work.ts";
import { workers } from "./workers.ts";

/** Everything that the bench can measure, in the order in which it does. */
export const WORKS: readonly Work[] = [
  ingest,
  imports,
  recovery,
  status,
  corrupt,
  pull,
  marts,
  pipeline,
  link,
  workers,
];
