// Starts the process that bakes: as it was compiled, or as it is written.
import { compiled } from "../../compile.mjs";

const baker = await compiled("baker");
if (baker) await import(baker);
else {
  const { register } = await import("tsx/esm/api");
  const unregister = register();
  await import("./main.ts");
  // What a page imports is JavaScript, and there is much of it.
  await unregister();
}
