import { type FileHandle, open } from "node:fs/promises";
import { RowBuffer } from "./rows.ts";

/** A file of an import's own, written piece by piece. */
export class ScratchFile {
  readonly path: string;
  /** What is to be written next. */
  readonly rows = new RowBuffer();
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async open(path: string): Promise<ScratchFile> {
    return new ScratchFile(path, await open(path, "w", 0o600));
  }

  async flush(): Promise<void> {
    if (this.rows.at > 0) await this.#handle.writeFile(this.rows.taken());
    this.rows.at = 0;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
