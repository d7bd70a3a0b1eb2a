import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["pipelines", "loaders", "src", "test", "bench"].map((folder) => `${folder}/**/*.test.ts`),
    globalSetup: ["test/support/server.ts", "test/support/sites.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    // Whoever asks for a shared site may wait for two builds.
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    // A busy machine is no failure.
    expect: { poll: { timeout: 30_000 } },
    reporters: ["default"],
  },
});
