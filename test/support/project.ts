import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeEmbedded } from "../../pipelines/db/embedded/remove.ts";

/** A project folder of one test's own, with whatever server runs in it. */
export interface TemporaryProject {
  readonly root: string;
  remove(): Promise<void>;
}

export function temporaryProject(): TemporaryProject {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "sentinel-test-project-"));
  // The server's own account, under root, must get through.
  chmodSync(root, 0o711);
  const remove = async () => {
    await removeEmbedded({ projectRoot: root });
    rmSync(root, { recursive: true, force: true });
  };
  return { root, remove };
}
