// Starts the door of the project in the working folder: as it was compiled, or as it is written.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { compiled } from "../compile.mjs";

const root = process.cwd();
const door = await compiled("door", root);
if (door) await import(door);
else {
  const { register } = await import("tsx/esm/api");
  register();
  await import(pathToFileURL(resolve(root, "src", "data", "marts.tar.ts")).href);
}
