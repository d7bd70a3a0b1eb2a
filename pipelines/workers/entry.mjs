// What a worker thread of a program that runs as it is written begins with. Node 20 can't start a .ts file under tsx as one.
// In the compiled program (../compile.mjs), worker.ts itself is this file.
import { compiled } from "../compile.mjs";

const worker = await compiled("entry");
if (worker) await import(worker);
else {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./worker.ts");
}
