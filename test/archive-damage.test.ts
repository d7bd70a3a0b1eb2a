import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openArchive } from "../pipelines/archive/verify.ts";
import { SentinelError } from "../pipelines/cli/errors.ts";
import { count } from "../pipelines/cli/format.ts";
import { forge, type Shelf, shelf } from "./support/archives.ts";
import { type Ended, run } from "./support/cli.ts";
import { command, done } from "./support/command.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";

const MIB = 1_048_576;

let archives: Shelf;
let database: TestDatabase;
/** Of a fleet whose largest file has several blocks. */
let whole: string;
beforeAll(async () => {
  archives = shelf();
  database = await freshDatabase();
  await done("generate", database.url, { devices: 130_000, campaign: "large" });
  whole = await archives.export(database.url);
}, 120_000);
afterAll(async () => {
  archives.remove();
  await database.drop();
});

/** What an import of the damaged copy is refused with. */
async function refusal(damage: (archive: string) => unknown): Promise<SentinelError> {
  const archive = archives.copy(whole);
  await damage(archive);
  const end = await openArchive(archive, new AbortController().signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  rmSync(archive, { recursive: true, force: true });
  if (!(end instanceof SentinelError)) throw new Error(`it was taken: ${end}`);
  expect(end).toMatchObject({ exitCode: 2, remedy: expect.stringMatching(/./) });
  return end;
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

test("what is whole is taken", async () => {
  const { manifest } = await openArchive(whole, new AbortController().signal);
  expect(manifest.files["device.parquet"]).toMatchObject({ rows: 130_000 });
  expect(manifest.files["device.parquet"].blocks.length).toBeGreaterThanOrEqual(3);
});

describe("damage is told with its place", () => {
  test("a bit, in each block of each file", async () => {
    for (const name of readdirSync(whole).filter((file) => file.endsWith(".parquet"))) {
      const { size } = statSync(path.join(whole, name));
      for (let from = 0; from < size; from += MIB) {
        const to = Math.min(size, from + MIB);
        const { message } = await refusal((archive) =>
          flip(path.join(archive, name), from + Math.floor((to - from) / 2)),
        );
        expect(message).toContain(`${name} is damaged between byte ${count(from)} and ${count(to)}.`);
      }
    }
  });

  test("several places are all named, neighbours as one", async () => {
    const { message } = await refusal((archive) => {
      for (const at of [0, MIB + 5]) flip(path.join(archive, "device.parquet"), at);
      flip(path.join(archive, "rule.parquet"), 7);
    });
    expect(message).toContain(
      "device.parquet is damaged between byte 0 and 2,097,152; rule.parquet is damaged between",
    );
  });

  test.each(["device.parquet", "reject.parquet"])("%s cut, extended, emptied, missing, a folder", async (name) => {
    const { size } = statSync(path.join(whole, name));
    const says = `(the manifest says ${count(size)})`;
    const told = async (damage: (file: string) => void) =>
      (await refusal((archive) => damage(path.join(archive, name)))).message;
    expect(await told((file) => truncateSync(file, size - 1))).toContain(
      `${name} is cut after byte ${count(size - 1)} ${says}`,
    );
    expect(await told((file) => truncateSync(file, 0))).toContain(`${name} is cut after byte 0 ${says}`);
    expect(await told((file) => appendFileSync(file, "x"))).toContain(
      `${name} goes on to byte ${count(size + 1)} ${says}`,
    );
    expect(await told((file) => rmSync(file))).toContain(`${name} is missing`);
    const folder = (file: string): void => {
      rmSync(file);
      mkdirSync(file);
    };
    expect(await told(folder)).toContain(`${name} is no file`);
  });

  test("files that changed places", async () => {
    const { message } = await refusal((archive) => {
      renameSync(path.join(archive, "profile.parquet"), path.join(archive, "x"));
      renameSync(path.join(archive, "outcome.parquet"), path.join(archive, "profile.parquet"));
      renameSync(path.join(archive, "x"), path.join(archive, "outcome.parquet"));
    });
    expect(message).toMatch(/profile\.parquet .*outcome\.parquet /);
  });

  test("a link in place of a file, even to the file itself", async () => {
    const { message } = await refusal((archive) => {
      rmSync(path.join(archive, "device.parquet"));
      symlinkSync(path.join(whole, "device.parquet"), path.join(archive, "device.parquet"));
    });
    expect(message).toContain("device.parquet is a symbolic link, which no export holds");
  });
});

describe("a manifest that can't be used", () => {
  const files = (manifest: Record<string, unknown>) => manifest.files as Record<string, unknown>;

  test("altered by a letter, or with its hash gone, altered or a link", async () => {
    const edited = await refusal((archive) => {
      const file = path.join(archive, "manifest.json");
      writeFileSync(file, readFileSync(file, "utf8").replace('"large"', '"Large"'));
    });
    expect(edited.message).toMatch(/manifest\.json was altered since it was written/);
    expect((await refusal((archive) => rmSync(path.join(archive, "manifest.sha256")))).message).toMatch(
      /manifest\.sha256 is missing/,
    );
    expect((await refusal((archive) => flip(path.join(archive, "manifest.sha256"), 3))).message).toMatch(/was altered/);
    const linked = await refusal((archive) => {
      rmSync(path.join(archive, "manifest.json"));
      symlinkSync(path.join(whole, "manifest.json"), path.join(archive, "manifest.json"));
    });
    expect(linked.message).toMatch(/manifest\.json is a symbolic link/);
  });

  test("missing", async () => {
    expect((await refusal((archive) => rmSync(path.join(archive, "manifest.json")))).message).toMatch(
      /manifest\.json is missing/,
    );
  });

  test.each<[string, (manifest: Record<string, unknown>) => unknown, RegExp]>([
    ["not JSON", () => "{", /is not JSON/],
    ["a list", () => "[]", /nothing that can be used of it/],
    ["of something else", (made) => ({ ...made, product: "other" }), /is of no export of Sentinel OTA/],
    [
      "of a newer format",
      (made) => ({ ...made, format: 4, version: "9.9.9" }),
      /newer Sentinel OTA \(9\.9\.9, format 4; this one reads up to 3\)/,
    ],
    ["of a newer schema", (made) => ({ ...made, schema: 1000 }), /newer schema/],
    ["without a digest", (made) => ({ ...made, digest: undefined }), /of digest/],
    ["with a digest that is none", (made) => ({ ...made, digest: "abc" }), /of digest/],
    [
      "with a name that a terminal obeys",
      (made) => ({ ...made, campaign: { ...(made.campaign as object), name: "\u001b[2J" } }),
      /of campaign\.name/,
    ],
    ["without a campaign", (made) => ({ ...made, campaign: undefined }), /of campaign/],
    [
      "with devices that are no number",
      (made) => ({ ...made, campaign: { ...(made.campaign as object), device_count: "9" } }),
      /device_count/,
    ],
    [
      "that names a file outside",
      (made) => ({ ...made, files: { ...files(made), "../device.parquet": {} } }),
      /a file that no export has: "\.\.\/device\.parquet"/,
    ],
    [
      "that names an absolute file",
      (made) => ({ ...made, files: { ...files(made), "/etc/passwd": {} } }),
      /"\/etc\/passwd"/,
    ],
    [
      "that leaves a file out",
      (made) => ({ ...made, files: { ...files(made), "run.parquet": undefined } }),
      /of run\.parquet/,
    ],
    [
      "with bytes below none",
      (made) => ({ ...made, files: { ...files(made), "run.parquet": { bytes: -1 } } }),
      /of run\.parquet/,
    ],
    ["with other blocks", (made) => ({ ...made, block_bytes: 5 }), /of block_bytes/],
  ])("%s", async (_, change, cause) => {
    expect((await refusal((archive) => forge(archive, change))).message).toMatch(cause);
  });
});

describe("what is no export", () => {
  /** Nothing answers there: who asks the database before the export is verified ends with 3. */
  const NOWHERE = "postgres://nobody@127.0.0.1:1/none";

  function expectRefusal({ code, stdout, stderr }: Ended, cause: RegExp): void {
    expect(stderr).toMatch(cause);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^✗ .+\n {2}.+/m);
    expect(stderr).not.toMatch(/bug in Sentinel|\n\s+at /);
  }

  test("nothing is asked of the database before all of it is verified", async () => {
    const archive = archives.copy(whole);
    flip(path.join(archive, "device.parquet"), MIB + 1);
    expectRefusal(
      await run(["import", "--from", archive], NOWHERE),
      /device\.parquet is damaged between byte 1,048,576 and 2,097,152\./,
    );
  });

  test.each<[string, string[], RegExp]>([
    ["no folder named", ["import"], /import needs --from FOLDER\./],
    ["a folder that is not there", ["import", "--from", "no/such"], /no\/such is not there\./],
    ["a folder of something else", ["import", "--from", "data"], /data is no export: manifest\.json is missing\./],
    [
      "a file of telemetry",
      ["import", "--from", "data/examples/fleet.csv"],
      /fleet\.csv is a file; an export is a folder\.[\s\S]*npm run generate -- --from data\/examples\/fleet\.csv/,
    ],
    ["no folder to export to", ["export"], /export needs --to FOLDER\./],
    ["a folder that is not empty", ["export", "--to", "data"], /data is not empty: it holds "chaos"\./],
    [
      "a folder below a file",
      ["export", "--to", "README.md/x"],
      /README\.md\/x can't be written: a part of its path is a file\./,
    ],
    [
      "an export below a file",
      ["import", "--from", "README.md/x"],
      /README\.md\/x can't be read: a part of its path is a file\./,
    ],
    ["a file in its place", ["export", "--to", "README.md"], /README\.md is a file\./],
  ])("%s", async (_, words, cause) => {
    expectRefusal(await run(words, NOWHERE), cause);
  });

  test("an empty folder, a link to an export", async () => {
    const [empty, link] = [archives.place(), archives.place()];
    mkdirSync(empty);
    symlinkSync(whole, link);
    expect((await command("import", NOWHERE, { from: empty })).error?.message).toMatch(/ is empty\./);
    expect((await command("import", NOWHERE, { from: link })).error?.message).toMatch(/ is a symbolic link\./);
    expect((await command("export", NOWHERE, { to: link, replace: true })).error?.message).toMatch(
      / is a symbolic link\./,
    );
  });
});
