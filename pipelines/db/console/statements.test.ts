import { expect, test } from "vitest";
import { alignedTable } from "./aligned.ts";
import { splitStatements } from "./statements.ts";

test.each([
  ["SELECT 1; SELECT 2", ["SELECT 1;"], "SELECT 2"],
  ["SELECT ';'; SELECT \"a;b\";", ["SELECT ';';", 'SELECT "a;b";'], ""],
  ["SELECT 'it''s;' ;", ["SELECT 'it''s;' ;"], ""],
  ["DO $$ BEGIN; END $$; SELECT $a$;$$;$a$;", ["DO $$ BEGIN; END $$;", "SELECT $a$;$$;$a$;"], ""],
  ["SELECT 1 -- a; b\n, 2; /* ; */ SELECT 3;", ["SELECT 1 -- a; b\n, 2;", "/* ; */ SELECT 3;"], ""],
  ["SELECT 'open;", [], "SELECT 'open;"],
  ["SELECT $x$ open;", [], "SELECT $x$ open;"],
  ["SELECT 1; /* open;", ["SELECT 1;"], "/* open;"],
  [";;", [], ""],
  ["SELECT $1; SELECT 2;", ["SELECT $1;", "SELECT 2;"], ""],
])("%j is cut where statements end", (text, complete, open) => {
  expect(splitStatements(text)).toEqual({ complete, open });
});

test("a table is aligned, numbers to the right, and control characters stay off the terminal", () => {
  const columns = [
    { name: "status", numeric: false },
    { name: "count", numeric: true },
  ];
  const rows = [
    ["Success", "10"],
    ["\u001b[31mred\n", null],
  ];
  expect(alignedTable(columns, rows)).toBe(
    [
      " status        | count",
      "---------------+-------",
      " Success       |    10",
      " \\x1b[31mred\\n |",
      "(2 rows)\n",
    ].join("\n"),
  );
});
