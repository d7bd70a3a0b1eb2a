import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const MAJORS = [20, 22, 24];

/** A Node to run the tests on, or why there is none. */
export type FoundNode = { readonly name: string } & ({ readonly program: string } | { readonly missing: string });

/** Every Node that is supported: this one, and the others out of npm's packages `node`, which are fetched once into a folder of this project. */
export function findNodes(cache: string): FoundNode[] {
  return MAJORS.map((major) => findNode(major, join(cache, `node-${major}`)));
}

function findNode(major: number, folder: string): FoundNode {
  if (process.versions.node.startsWith(`${major}.`)) {
    return { name: `Node ${process.versions.node}`, program: process.execPath };
  }
  const program = join(folder, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  try {
    if (!existsSync(program)) fetchNode(major, folder);
    const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim().slice(1);
    return { name: `Node ${version}`, program };
  } catch (error) {
    const [first] = String((error as { stderr?: unknown }).stderr || (error as Error).message).split("\n");
    return { name: `Node ${major}`, missing: `it could not be fetched: ${first}` };
  }
}

function fetchNode(major: number, folder: string): void {
  mkdirSync(folder, { recursive: true });
  // Below this project npm would take the project itself for the one to install into.
  const where = ["--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...where, `node@${major}`], { stdio: "pipe", shell: process.platform === "win32" });
}
