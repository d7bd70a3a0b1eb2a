import { corrupt } from "./chaos.ts";
import { imports } from "./import.ts";
import { ingest } from "./ingest.ts";
import { link } from "./link.ts";
import { marts } from "./marts.ts";
import { pipeline } from "./pipeline.ts";
import { profiles } from "./profiles.ts";
import { pull } from "./pull.ts";
import { recovery } from "./recovery.ts";
import { rules } from "./rules.ts";
import { status } from "./status.ts";
import { validate } from "./validate.ts";
import type { Work } from "./work.ts";
import { workers } from "./workers.ts";

/** Everything that the bench can measure, in the order in which it does. */
export const WORKS: readonly Work[] = [
  ingest,
  imports,
  recovery,
  rules,
  status,
  corrupt,
  profiles,
  validate,
  pull,
  marts,
  pipeline,
  link,
  workers,
];
