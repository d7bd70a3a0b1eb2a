// Node 20 can't start a .ts file as a worker under tsx: register its loader first.
import { register } from "tsx/esm/api";

register();
await import("./prototype-worker.ts");
