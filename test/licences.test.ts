import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";

const PROJECT = resolve(import.meta.dirname, "..");
const json = (file: string) => JSON.parse(readFileSync(resolve(PROJECT, file), "utf8"));

interface Locked {
  readonly version: string;
  readonly license?: string | undefined;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  /** It came inside another package, whose hash is its own. */
  readonly inBundle?: boolean;
}

/** What packages say in an older form, which the lock leaves out; held against the packages themselves below. */
const SAID_IN_OLDER_FORM: Readonly<Record<string, string>> = { "node_modules/json-bignum": "MIT" };

/** Packages whose word for their licence may mean several, and which of them their own licence file is; held against that file below. */
const SAID_VAGUELY: Readonly<Record<string, { said: string; is: string; clauses: readonly RegExp[] }>> = {
  "node_modules/url-template": {
    said: "BSD",
    is: "BSD-3-Clause",
    clauses: [
      /1\. Redistributions of source code must retain/,
      /2\. Redistributions in binary form must reproduce/,
      /3\. The name of the author may not be used to endorse/,
      /THIS SOFTWARE IS PROVIDED .* "AS IS"/,
    ],
  },
};

/** Every package of the lock but this one, by its folder. */
const locked = Object.entries(json("package-lock.json").packages as Record<string, Locked>)
  .filter(([folder]) => folder !== "")
  .map(([folder, entry]): [string, Locked] => [folder, { license: SAID_IN_OLDER_FORM[folder], ...entry }]);

/** What may be built upon and published from without asking anybody. */
const ALLOWED = new Set([
  ...["MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PostgreSQL", "BlueOak-1.0.0"],
  ...["CC0-1.0", "Unlicense", "Zlib", "Python-2.0"],
]);
/** Only in what tests: MPL asks for the sources of its own files where those are passed on, and none of these is. */
const ALLOWED_FOR_TESTS = /^node_modules\/(axe-core|lightningcss(-[a-z0-9-]+)?)$/;

/** Whether an SPDX expression leaves a choice of allowed licences. */
function isAllowed(expression: string, allowed = ALLOWED): boolean {
  const text = expression.trim();
  const inner = /^\(([^()]*)\)$/.exec(text)?.[1] ?? text;
  if (/[()]/.test(inner)) return false;
  if (inner.includes(" OR ")) return inner.split(" OR ").some((one) => isAllowed(one, allowed));
  if (inner.includes(" AND ")) return inner.split(" AND ").every((one) => isAllowed(one, allowed));
  return allowed.has(inner);
}

/** What a package says itself: `license`, or one of the older forms of it. */
function said({ license, licenses }: { license?: unknown; licenses?: unknown }): string {
  const one = license ?? licenses;
  const list = (Array.isArray(one) ? one : [one]).map((item) =>
    typeof item === "object" && item !== null ? String((item as { type?: unknown }).type) : String(item),
  );
  return list.join(" OR ");
}

describe("licences", () => {
  test.each([
    ["MIT", true],
    ["(MIT OR GPL-3.0-or-later)", true],
    ["(MIT AND Zlib)", true],
    ["(MIT AND GPL-3.0-only)", false],
    ["GPL-3.0-only OR AGPL-3.0-only", false],
    ["Apache-2.0 WITH LLVM-exception", false],
    ["(MIT OR (GPL-2.0 AND MIT))", false],
    ["SEE LICENSE IN LICENSE.md", false],
    ["UNLICENSED", false],
    ["MPL-2.0", false],
    ["undefined", false],
    ["", false],
  ])("%j is allowed: %s", (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });

  test("of every package that can be installed, on any platform, are allowed by the lock", () => {
    const refused = locked.flatMap(([folder, { license: word = "none", dev }]) => {
      const vague = SAID_VAGUELY[folder];
      const license = vague?.said === word ? vague.is : word;
      const isForTests = dev === true && ALLOWED_FOR_TESTS.test(folder);
      return isAllowed(license, isForTests ? new Set([...ALLOWED, "MPL-2.0"]) : ALLOWED)
        ? []
        : [`${folder}: ${license}`];
    });
    expect(refused).toEqual([]);
    expect(locked.length).toBeGreaterThan(300);
  });

  test("of every package that is installed here are those of the lock", () => {
    const installed = locked.filter(([folder]) => existsSync(resolve(PROJECT, folder, "package.json")));
    const others = installed.flatMap(([folder, { version, license }]) => {
      const own = json(`${folder}/package.json`);
      return own.version === version && said(own) === license ? [] : [`${folder}: ${own.version}, ${said(own)}`];
    });
    expect(others).toEqual([]);
    const missing = locked.filter(
      ([folder, { optional }]) => !optional && !installed.some(([name]) => name === folder),
    );
    expect(missing.map(([folder]) => folder)).toEqual([]);
    expect(installed.length).toBeGreaterThan(200);
  });
});

test.each(Object.entries(SAID_VAGUELY))(
  "the licence file of %s is the one it is taken for",
  (folder, { said: word, clauses }) => {
    expect(said(json(`${folder}/package.json`))).toBe(word);
    const text = readFileSync(resolve(PROJECT, folder, "LICENSE"), "utf8");
    for (const clause of clauses) expect(text).toMatch(clause);
    expect(text).not.toMatch(/^\s*4\. /m);
  },
);

describe("the lock", () => {
  test("has every package by its hash, over https and from one place, if it names a place", () => {
    const unsafe = locked.filter(
      ([, { integrity, resolved, inBundle }]) =>
        !(inBundle || /^sha512-/.test(integrity ?? "")) ||
        (resolved !== undefined && !/^https:\/\/[^/@]+\/.+\.tgz$/.test(resolved)),
    );
    expect(unsafe.map(([folder]) => folder)).toEqual([]);
    const places = locked.flatMap(([, { resolved }]) => (resolved === undefined ? [] : [new URL(resolved).host]));
    expect(new Set(places).size).toBeLessThanOrEqual(1);
  });
});

describe("docs/dependencies.md", () => {
  const { dependencies, devDependencies, optionalDependencies, overrides } = json("package.json");
  const [, runTime = "", development = "", more = ""] = readFileSync(
    resolve(PROJECT, "docs/dependencies.md"),
    "utf8",
  ).split(/^## .*$/m);
  /** Names in the first column of a table; `@types/*` stands for all of them. */
  const reasons = (section: string) =>
    [...section.matchAll(/^\| (.*?`.*?) \| (.+) \|$/gm)].flatMap(([, names = "", why = ""]) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => ({ name, why })),
    );
  const matches = (pattern: string, name: string) =>
    pattern.endsWith("/*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

  test.each([
    ["run time", Object.keys({ ...dependencies, ...optionalDependencies }), reasons(runTime)],
    ["development", Object.keys(devDependencies), reasons(development)],
  ])("has a reason for every package for %s, and no package that is not there", (_, names, given) => {
    expect(names.filter((name) => !given.some(({ name: pattern }) => matches(pattern, name)))).toEqual([]);
    expect(given.filter(({ name }) => !names.some((other) => matches(name, other))).map(({ name }) => name)).toEqual(
      [],
    );
    for (const { name, why } of given) expect(why.length, name).toBeGreaterThan(10);
  });

  test("has a reason for every override", () => {
    for (const [name, version] of Object.entries(overrides)) expect(more).toContain(`\`${name}\` ${version}: `);
  });

  test("speaks of exact versions", () => {
    const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides });
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+([-.].+)?$/);
  });
});
