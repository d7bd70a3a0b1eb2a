import { rmSync } from "node:fs";
import { locateHome, seatFolder } from "./home.ts";
import { type EmbeddedOptions, stopEmbedded } from "./server.ts";

/** Stops a server, whoever uses it, and removes its data, its home, and the seat that it may have elsewhere. */
export async function removeEmbedded(options: EmbeddedOptions): Promise<void> {
  const home = locateHome(options);
  await stopEmbedded({ ...options, force: true, atOnce: true });
  for (const folder of [seatFolder(home), home.folder]) rmSync(folder, { recursive: true, force: true });
}
