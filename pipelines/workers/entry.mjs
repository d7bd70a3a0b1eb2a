// Node 20 can't start a .ts file as a worker under tsx: register its loader first.
// In the compiled program (../run.mjs), worker.ts itself is this file.
import { register } from "tsx/esm/api";

register();
await import("./worker.ts");
