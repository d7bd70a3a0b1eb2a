import { expect, test } from "vitest";
import { lineAt, lineOfSyntaxError } from "./json-lines.ts";

const TEXT = `{
  "name": "a \\"quoted\\" {name}, with [marks]",
  "rules": [
    { "id": "one", "test": { "kind": "any" } },
    {
      "id": "two",
      "list": [1, -2.5e3,
        true, {}, []],
      "test": {
        "kind": "like"
      }
    }
  ],
  "version": 3
}`;

test.each<[number, (string | number)[]]>([
  [1, []],
  [2, ["name"]],
  [3, ["rules"]],
  [4, ["rules", 0]],
  [4, ["rules", 0, "test", "kind"]],
  [5, ["rules", 1]],
  [6, ["rules", 1, "id"]],
  [8, ["rules", 1, "list", 3]],
  [9, ["rules", 1, "test"]],
  [10, ["rules", 1, "test", "kind"]],
  [14, ["version"]],
  // What is not there is looked for where it should stand.
  [5, ["rules", 1, "detects"]],
  [3, ["rules", 7, "id"]],
  [1, ["weights", "null"]],
])("line %i holds %j", (line, path) => {
  expect(lineAt(TEXT, path)).toBe(line);
});

test.each<[string, number]>([
  ['{\n  "a": 1,\n  "b": x\n}', 3],
  ['{\n  "a": 1\n  "b": 2\n}', 3],
  ['{\n  "a": [1,\n', 3],
])("%j is no JSON at line %i", (text, line) => {
  let caught: unknown;
  try {
    JSON.parse(text);
  } catch (error) {
    caught = error;
  }
  expect(lineOfSyntaxError(text, caught as SyntaxError)).toBe(line);
});
