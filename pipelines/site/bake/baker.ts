import { join } from "node:path";
import { runChild } from "../child.ts";
import { reasons, siteError } from "../failure.ts";

export interface Baker {
  /** Draws every page of the site in the folder into its source, and writes the report. */
  bake(dir: string): Promise<void>;
  /** Ends the process, whether it baked or not. */
  end(): Promise<void>;
}

/** Starts the process that bakes, so that it is ready by the time that the pages are. */
export function startBaker(projectRoot: string, signal: AbortSignal | undefined): Baker {
  let tell: (dir: string) => void = () => {};
  const input = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const ended = runChild({
    args: [join("pipelines", "site", "bake", "entry.mjs")],
    cwd: projectRoot,
    // What a page shows is the same wherever it is baked.
    env: { TZ: "UTC", LC_ALL: "en_US.UTF-8" },
    input,
    signal,
  });
  ended.catch(() => {});
  return {
    bake: async (dir) => {
      tell(dir);
      const result = await ended;
      if (result.code !== 0) throw siteError("A page of the site could not be drawn", reasons(result));
    },
    end: async () => {
      tell("");
      await ended.catch(() => {});
    },
  };
}
