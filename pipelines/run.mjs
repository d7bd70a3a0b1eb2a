// Starts the program: as it was compiled, or as it is written.
import { compiled } from "./compile.mjs";

const main = await compiled("main");
if (main) await import(main);
else {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./main.ts");
}
