import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { EXIT, SentinelError } from "./cli/errors.ts";
import type { Context } from "./context.ts";
import { fileNameOf, headingOf, martNameOf, refused, titleOf } from "./scaffold/names.ts";

/** A file to be made. */
interface Made {
  readonly file: string;
  readonly text: string;
}

/** Makes a notebook, or a mart with its check, that runs as it is. Nothing that is there is overwritten. */
export function scaffold({ projectRoot, words: [kind, ...rest], reporter }: Context): void {
  const { files, next } =
    kind === "notebook" ? notebook(rest) : kind === "mart" ? mart(projectRoot, rest) : unknown(kind);
  for (const { file } of files) if (existsSync(path.join(projectRoot, file))) throw isThere(file);
  for (const { file, text } of files) {
    mkdirSync(path.dirname(path.join(projectRoot, file)), { recursive: true });
    writeFileSync(path.join(projectRoot, file), text, { flag: "wx" });
  }
  reporter.event({ event: "created", kind, files: files.map(({ file }) => file), next });
  for (const { file } of files) reporter.result(file);
  reporter.result(`\n${next}`);
}

function notebook(words: readonly string[]): { files: Made[]; next: string } {
  const title = titleOf(words.join(" "));
  return {
    files: [{ file: `src/notebooks/${fileNameOf(title)}.md`, text: filled("notebook.md", "title", headingOf(title)) }],
    next: "It stands in the list of notebooks. See it, and edit it: npm run dev",
  };
}

function mart(projectRoot: string, words: readonly string[]): { files: Made[]; next: string } {
  const name = martNameOf(words.join(" "));
  const loaders = path.join(projectRoot, "loaders");
  const layer = ["staging", "intermediate", "checks"].find((folder) =>
    readdirSync(path.join(loaders, folder)).includes(`${name}.sql`),
  );
  if (layer) throw isThere(`loaders/${layer}/${name}.sql`);
  return {
    files: [
      { file: `loaders/marts/${name}.sql`, text: filled("mart.sql", "name", name) },
      { file: `loaders/checks/${name}_adds_up.sql`, text: filled("check.sql", "name", name) },
    ],
    next: `Pages attach it as data/marts/${name}.json. Make it: npm run report. Then the dictionary: npm run docs`,
  };
}

function filled(template: string, place: string, value: string): string {
  const text = readFileSync(new URL(`./scaffold/templates/${template}`, import.meta.url), "utf8");
  return text.replaceAll(`:${place}`, () => value);
}

function unknown(kind: string | undefined): never {
  const example = 'npm run new -- notebook "why is India slow?"';
  throw refused(
    kind === undefined ? "new needs to know what: notebook or mart." : `There is no new "${kind}".`,
    example,
  );
}

const isThere = (file: string): SentinelError =>
  new SentinelError({
    exitCode: EXIT.usage,
    cause: `${file} is there already, and is not overwritten.`,
    remedy: "Edit it, or name the new one otherwise.",
  });
