import { isMainThread } from "node:worker_threads";

// Loaded before the program by `--import`: says at its end how many threads it started.
if (isMainThread) {
  let threads = 0;
  process.on("worker", () => {
    threads += 1;
  });
  process.on("exit", () => process.stderr.write(`threads: ${threads}\n`));
}
