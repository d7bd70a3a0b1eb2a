import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TemporaryProject, temporaryProject } from "../../../test/support/project.ts";
import { findPackage, prepareBinaries } from "./binaries.ts";
import { acquireEmbedded } from "./server.ts";

const asRoot = process.getuid?.() === 0;
let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => project.remove());

/** The package as npm leaves it when it may not run scripts. */
function packageWithoutLinks(): string {
  const folder = join(project.root, "package");
  cpSync(findPackage(), folder, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  return folder;
}

const libraryLinks = (folder: string) =>
  readdirSync(join(folder, "native/lib"), { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());

test("a platform that PostgreSQL is not packed for is told the way out", () => {
  expect(() => findPackage("sunos", "sparc")).toThrow(
    expect.objectContaining({ exitCode: 3, remedy: expect.stringMatching(/linux-x64.*DATABASE_URL/) }),
  );
});

describe.skipIf(process.platform !== "linux")("without its library links", () => {
  test("the package gets them before the first start", async () => {
    const packageFolder = packageWithoutLinks();
    expect(libraryLinks(packageFolder)).toEqual([]);
    const server = await acquireEmbedded({ projectRoot: project.root, packageFolder });
    await server.release();
    expect(libraryLinks(packageFolder).length).toBeGreaterThan(5);
    expect(readlinkSync(join(packageFolder, "native/lib/libicuuc.so.60"))).toBe("libicuuc.so.60.2");
  });

  test.skipIf(asRoot)("a package that can't be written is copied", () => {
    const packageFolder = packageWithoutLinks();
    chmodSync(join(packageFolder, "native/lib"), 0o555);
    const seat = { folder: project.root, data: join(project.root, "data"), account: undefined };
    const { postgres } = prepareBinaries(packageFolder, seat);
    expect(postgres.startsWith(join(project.root, "postgres-"))).toBe(true);
    expect(libraryLinks(packageFolder)).toEqual([]);
    expect(libraryLinks(join(postgres, "../../..")).length).toBeGreaterThan(5);
    chmodSync(join(packageFolder, "native/lib"), 0o755);
  });
});

describe.runIf(asRoot)("under root, in a project that nobody else may enter", () => {
  test("binaries and data go where the server's account can work, and are found again", async () => {
    const packageFolder = packageWithoutLinks();
    chmodSync(project.root, 0o700);
    const first = await acquireEmbedded({ projectRoot: project.root, packageFolder });
    const seat = readFileSync(join(project.root, "data/local/postgres/seat"), "utf8").trim();
    expect(existsSync(join(project.root, "data/local/postgres/data"))).toBe(false);
    expect(statSync(join(seat, "data")).uid).not.toBe(0);
    expect(statSync(join(seat, "data")).mode & 0o777).toBe(0o700);
    expect(readdirSync(seat).some((name) => name.startsWith("postgres-18"))).toBe(true);
    await first.release();
    rmSync(join(packageFolder, "native/bin"), { recursive: true });
    const second = await acquireEmbedded({ projectRoot: project.root, packageFolder });
    expect(second.connectionString).toBe(first.connectionString);
    await second.release();
  });
});
