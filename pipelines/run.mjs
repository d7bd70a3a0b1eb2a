// Starts the program: as it was compiled, or as it is written.
import { setFlagsFromString } from "node:v8";
import { compiled } from "./compile.mjs";

// Node 20's V8 compiles a function for speed once 67584 bytes of its code have run; with eight times as many a small fleet is done before most of what is
// compiled pays, and the compiler takes no cores from it: 10,000 devices took 1.49 instead of 1.91 s of the processor, 100,000 2.7 instead of 3.1, 1,000,000 6.1
// instead of 6.4. Later ones wait by themselves, and do not know the option.
if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString("--interrupt-budget=540672");

const main = await compiled("main");
if (main) await import(main);
else {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./main.ts");
}
