// What a worker thread of a program that runs as it is written begins with. Node 20 can't start a .ts file under tsx as one.
// In the compiled program (../compile.mjs), worker.ts itself is this file. Nothing is awaited outside a function: Node aborts the whole process
// where a thread is ended in that moment (nodejs/node#43182).
import { compiled } from "../compile.mjs";

async function load() {
  const worker = await compiled("entry");
  if (worker) return import(worker);
  const { register } = await import("tsx/esm/api");
  register();
  return import("./worker.ts");
}

load();
