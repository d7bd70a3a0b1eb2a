import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, type Image, listing } from "./container/build.ts";
import { CHECKS, type Files } from "./container/checks.ts";
import { healthCommand, lastOf, readDockerfile } from "./container/dockerfile.ts";
import { isIgnored } from "./container/ignore.ts";
import { emptyDatabase, keptDatabases } from "./support/database.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const FILES: Files = { dockerfile: read("Dockerfile"), ignore: read(".dockerignore"), compose: read("compose.yaml") };
const kept = keptDatabases();

/** Each of them spoils one thing that matters. */
const SPOILT: Readonly<Record<string, (files: Files) => Files>> = {
  "images have a tag, and not latest": spoil("dockerfile", "node:22-bookworm-slim AS", "node:latest AS"),
  "the user is a number, and not root's": spoil("dockerfile", "USER 1000:1000", "USER root"),
  "no secret is written into the image": spoil("dockerfile", "ENV NODE_ENV=production", "ENV DB_PASS=x"),
  "nothing is fetched but packages of the lock file": spoil(
    "dockerfile",
    "RUN mkdir",
    "RUN curl -o x http://localhost/x && mkdir",
  ),
  "packages are those of the lock file, without those of development": spoil(
    "dockerfile",
    "npm ci --omit=dev",
    "npm install",
  ),
  "packages are installed before sources are copied, so that a change of those does not install them again": spoil(
    "dockerfile",
    "COPY package.json package-lock.json ./\n# The",
    "COPY . .\n# The",
  ),
  "what a run leaves behind, and what git knows, never gets to the builder": spoil(
    "ignore",
    "data/local",
    "data/remote",
  ),
  "what is copied gets to the builder": spoil("ignore", "!loaders", ""),
  "commands get signals: they are lists, without a shell between": spoil(
    "dockerfile",
    'CMD ["pipeline", "--no-site"]',
    "CMD pipeline",
  ),
  "there is a health check": spoil("dockerfile", "HEALTHCHECK --interval", "LABEL --interval"),
  "beside a read-only root, what is written to is a volume": spoil(
    "compose",
    "results:/app/data/local",
    "results:/app/data",
  ),
  "the pipeline waits for a database that is well": spoil("compose", "service_healthy", "service_started"),
  "no port is open, and no password stands there": spoil(
    "compose",
    "postgres://postgres@",
    "postgres://postgres:secret@",
  ),
};

function spoil(file: keyof Files, from: string, to: string) {
  return (files: Files): Files => {
    if (!files[file].includes(from)) throw new Error(`${from} does not stand in the ${file}`);
    return { ...files, [file]: files[file].replace(from, to) };
  };
}

test.each(Object.entries(CHECKS))("%s", (name, check) => {
  expect(check(FILES)).toEqual([]);
  expect(check(SPOILT[name]?.(FILES) ?? FILES), "what is spoilt is found").not.toEqual([]);
});

test("a .dockerignore is read as Docker reads it", () => {
  const ignore = "*\n!src\nsrc/made\n**/*.log\n!src/kept.log\n# none\n";
  const ignored = (file: string): boolean => isIgnored(ignore, file);
  expect(["README.md", "a/b", "src/made/x", "src/a/b.log", "src/b.log"].filter((file) => !ignored(file))).toEqual([]);
  expect(["src", "src/a.ts", "src/a/made", "src/kept.log"].filter(ignored)).toEqual([]);
});

const stages = readDockerfile(FILES.dockerfile);
const last = stages.at(-1);
const folder = mkdtempSync(path.join(tmpdir(), "sentinel-image-"));
let image: Image;

beforeAll(() => {
  // SENTINEL_CONTAINER_INSTALL=1 has npm ci run as well: minutes, and the registry.
  const packages = process.env.SENTINEL_CONTAINER_INSTALL ? undefined : path.join(ROOT, "node_modules");
  image = build(stages, { context: ROOT, ignore: FILES.ignore, into: folder, packages });
  execFileSync("chmod", ["-R", "a-w", ...ownFiles()]);
  chmodSync(path.join(image.workdir, "data", "local"), 0o1777);
}, 900_000);

afterAll(() => {
  execFileSync("chmod", ["-R", "u+w", ...ownFiles()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Not the packages, which a link may stand for. */
const ownFiles = (): string[] => ["data", "src", "loaders", "pipelines"].map((name) => path.join(image.workdir, name));

function inImage([program = "", ...args]: readonly string[], databaseUrl: string) {
  const env = { PATH: process.env.PATH, HOME: "/nonexistent", ...image.env, DATABASE_URL: databaseUrl };
  const { status, stderr } = spawnSync(program, args, { cwd: image.workdir, env, encoding: "utf8" });
  return { status, stderr };
}

const volume = (): string => path.join(image.root, lastOf(last, "VOLUME")?.text ?? "");
const entry = lastOf(last, "ENTRYPOINT")?.words ?? [];
const command = lastOf(last, "CMD")?.words ?? [];
const NOWHERE = "postgres://nobody@127.0.0.1:1/none";

test("built as it says, it does what it is for and writes to nothing but its volume; health tells whether the database is there", async () => {
  const { url } = kept(await emptyDatabase());
  const before = listing(image.workdir, volume());
  expect(inImage(healthCommand(last), url)).toMatchObject({ status: 0 });
  expect(inImage([...entry, ...command], url)).toMatchObject({ status: 0 });
  expect(inImage([...entry, "validate"], url)).toMatchObject({ status: 0 });
  expect(inImage(healthCommand(last), url)).toMatchObject({ status: 0 });
  expect(listing(image.workdir, volume())).toEqual(before);
  const own = before.filter((file) => !file.includes("/node_modules/"));
  expect(own.filter((file) => /\.test\.ts|observablehq\/|\/dist\/|\.git\//.test(file))).toEqual([]);
});

test("its exit code says what is wrong: 3 without a database, 2 for what it does not know", () => {
  expect(inImage(healthCommand(last), NOWHERE)).toMatchObject({ status: 3 });
  expect(inImage([...entry, ...command], NOWHERE)).toMatchObject({ status: 3 });
  expect(inImage([...entry, "pipeline", "--nothing"], NOWHERE)).toMatchObject({ status: 2 });
});
