import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** CommonJS has no such await: that it can be made of a module and all that it imports shows that none has one. */
test.each(["entry.mjs", "worker.ts"])(
  "a thread that is ended while it loads %s doesn't abort the process: nothing is awaited outside a function",
  async (file) => {
    const entry = fileURLToPath(new URL(file, import.meta.url));
    const made = build({
      ...{
        entryPoints: [entry],
        bundle: true,
        write: false,
        format: "cjs",
        platform: "node",
        packages: "external",
        logLevel: "silent",
      },
      // These belong to the other way of starting, and are no part of this one.
      external: ["../compile.mjs", "./worker.ts"],
    });
    await expect(made).resolves.toMatchObject({ errors: [] });
  },
);
