import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, done, PROJECT } from "../support/command.ts";
import { freshDatabase, keptDatabases } from "../support/database.ts";
import { query } from "../support/fleet.ts";
import { type Folder, folder } from "../support/import-files.ts";
import { COLUMNS, type PoisonFormat, poisonFile, verdicts } from "../support/poison.ts";
import { EXTENT, SEED } from "./extent.ts";

let files: Folder;
const keep = keptDatabases();
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

const END = /quote|no JSON/;
const statusOf = (said: string | null): string => (/partial/i.test(said ?? "") ? "Partial" : "Success");

test.each<PoisonFormat>(["csv", "ndjson", "json"])(
  `%s: of hostile rows only those are set apart that can't be stored, all others are stored to the byte (SENTINEL_SEED=${SEED})`,
  async (format) => {
    const { url } = keep(await freshDatabase());
    const { content, rows } = poisonFile(format, Math.ceil(EXTENT.rows / 3), SEED);
    const decided = verdicts(rows);
    const from = files.file(`poison.${format}`, content);
    await done("generate", url, { from, batchSize: 100 });

    const rejects = await query<{ row_no: number; reason: string }>(
      url,
      "SELECT row_no::int, reason FROM import_reject ORDER BY row_no",
    );
    const refused = decided.flatMap((reason, at) => (reason ? [{ row_no: at + 1, reason }] : []));
    if (format !== "json") refused.push({ row_no: rows.length + 1, reason: END });
    expect(rejects).toEqual(refused.map(({ row_no, reason }) => ({ row_no, reason: expect.stringMatching(reason) })));

    const kept = rows.flatMap(({ means }, at) => (decided[at] || means instanceof RegExp ? [] : [means]));
    const stored = await query(
      url,
      `SELECT ${COLUMNS.join(", ")} FROM device_report ORDER BY array_position($1::text[], device_id)`,
      [kept.map(({ device_id }) => device_id)],
    );
    expect(stored).toEqual(kept.map((row) => ({ ...row, update_status: statusOf(row.update_status) })));
    expect(stored.length).toBeGreaterThan(EXTENT.rows / 3);

    await done("recover", url);
    expect((await command("validate", url)).error).toBeUndefined();
    const scratch = path.join(PROJECT, "data", "local", "import");
    expect(
      existsSync(scratch) ? readdirSync(scratch).filter((name) => name.includes(String(process.pid))) : [],
    ).toEqual([]);
  },
);
