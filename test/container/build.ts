import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import type { Instruction, Stage } from "./dockerfile.ts";
import { isIgnored } from "./ignore.ts";

export interface Build {
  /** What is sent to the builder. */
  readonly context: string;
  readonly ignore: string;
  /** A folder of its own: each stage has one below it, which stands for its root. */
  readonly into: string;
  /** Packages that are there already: what stands for `npm ci`, which takes minutes and asks the registry. */
  readonly packages?: string | undefined;
}

/** An image, without what it would be from: its root, and where commands run. */
export interface Image {
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Carries the steps of a Dockerfile out in a folder, without a container. Returns the last stage. */
export function build(stages: readonly Stage[], how: Build): Image {
  const made = new Map<string, Image>();
  let last: Image | undefined;
  for (const [at, stage] of stages.entries()) {
    last = { root: path.join(how.into, `stage${at}`), workdir: path.join(how.into, `stage${at}`), env: {} };
    mkdirSync(last.root, { recursive: true });
    for (const instruction of stage.instructions) last = step(instruction, last, how, made);
    made.set(stage.name ?? String(at), last);
  }
  if (!last) throw new Error("the Dockerfile has no stage");
  return last;
}

function step(instruction: Instruction, image: Image, how: Build, made: ReadonlyMap<string, Image>): Image {
  const { name, words, text } = instruction;
  if (name === "WORKDIR") {
    const workdir = path.join(image.root, text);
    mkdirSync(workdir, { recursive: true });
    return { ...image, workdir };
  }
  if (name === "ENV") {
    return {
      ...image,
      env: { ...image.env, ...Object.fromEntries(words.map((word) => word.split("=") as [string, string])) },
    };
  }
  if (name === "COPY") copy(instruction, image, how, made);
  if (name === "RUN") run(text, image, how);
  return image;
}

function copy({ words, flags }: Instruction, image: Image, how: Build, made: ReadonlyMap<string, Image>): void {
  const target = words.at(-1) as string;
  const from = flags.from === undefined ? how.context : made.get(flags.from)?.root;
  if (from === undefined) throw new Error(`no stage is named ${flags.from}`);
  for (const word of words.slice(0, -1)) {
    const source = path.join(from, word);
    const isInto = /\/$|^\.$/.test(target);
    const into = path.resolve(image.workdir, isInto ? path.join(target, path.basename(word)) : target);
    const filter = (file: string): boolean =>
      flags.from !== undefined || !isIgnored(how.ignore, path.relative(how.context, file).split(path.sep).join("/"));
    cpSync(source, into, { recursive: true, verbatimSymlinks: true, filter });
  }
}

function run(text: string, image: Image, how: Build): void {
  if (how.packages !== undefined && /\bnpm ci\b/.test(text)) {
    symlinkSync(how.packages, path.join(image.workdir, "node_modules"));
    return;
  }
  execFileSync("sh", ["-c", text], { cwd: image.workdir, env: { ...process.env, ...image.env }, stdio: "pipe" });
}

/** Every file of an image with its size and time, but for those of one folder: two of them tell whether anything was written. */
export function listing(root: string, without: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(root, entry.name);
    if (file === without) return [];
    if (entry.isDirectory()) return [`${file}/`, ...listing(file, without)];
    if (entry.isSymbolicLink()) return [file];
    const { size, mtimeMs } = statSync(file);
    return [`${file} ${size} ${mtimeMs}`];
  });
}
