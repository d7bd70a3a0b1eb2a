/** A process that, at each moment it is told, tries to take the place of the watcher in a folder, and says whether it did. */
import { EXIT, SentinelError } from "../../pipelines/cli/errors.ts";
import { takePlace } from "../../pipelines/watch/place.ts";
import { isAlive } from "../../pipelines/workspace.ts";

process.on("message", ({ folder, at }: { folder: string; at: number }) => {
  // Together with the others, to a fraction of a millisecond.
  while (performance.timeOrigin + performance.now() < at);
  try {
    takePlace(folder, new Date(), ({ pid }) => isAlive(pid));
    process.send?.("taken");
  } catch (error) {
    process.send?.(error instanceof SentinelError && error.exitCode === EXIT.usage ? "refused" : String(error));
  }
});
process.send?.("ready");
