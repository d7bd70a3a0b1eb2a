import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyDatabase, type TestDatabase } from "../test/support/database.ts";
import { externalTarget, withClient } from "./db/connect.ts";
import { dictionaryMarkdown, faultsMarkdown, optionsMarkdown } from "./docs.ts";
import { reference } from "./reference.ts";

const PROJECT = resolve(import.meta.dirname, "..");
const doc = (name: string): string => readFileSync(resolve(PROJECT, "docs", name), "utf8");

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database.drop());

it("the dictionary is what the code says (else run: npm run docs)", async () => {
  const target = externalTarget({ databaseUrl: database.url, env: {} });
  if (!target) throw new Error("no target");
  const made = await withClient(target, (client) => dictionaryMarkdown(client, reference(PROJECT)));
  expect(doc("dictionary.md")).toBe(made);
});

it("the dictionary leaves no table and no column without a meaning", () => {
  expect(doc("dictionary.md")).not.toMatch(/\|\s*\|$|^null$/m);
});

it("the table of options is what the code says (else run: npm run docs)", () => {
  expect(doc("options.md")).toBe(optionsMarkdown());
});

it("the table of fault kinds is what the code says (else run: npm run docs)", () => {
  expect(doc("faults.md")).toBe(faultsMarkdown());
});
