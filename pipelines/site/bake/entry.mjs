// Node can't run TypeScript by itself: register its loader first.
import { register } from "tsx/esm/api";

const unregister = register();
await import("./main.ts");
// What a page imports is JavaScript, and there is much of it.
await unregister();
