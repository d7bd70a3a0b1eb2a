import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { type Answer, type Host, serve } from "./serve.ts";

/** The types by which these hosts know a file; they are their own, and no part of what is deployed. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "application/javascript",
  ".json": "application/json",
};

interface Rule {
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** Reads a `_headers` file as both hosts describe it. A line that is neither an address nor a header is an error. */
export function parseHeaders(text: string): Rule[] {
  const rules: { path: string; headers: [string, string][] }[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, name, value] = /^\s+([\w-]+): (\S.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) rules.at(-1)?.headers.push([name, value]);
    else if (/^\/[^\s*]*\*?$/.test(line)) rules.push({ path: line, headers: [] });
    else throw new Error(`no rule: ${line}`);
  }
  return rules;
}

/** All rules that match count; of a header that two of them have, the values are joined. */
export function headersFor(rules: readonly Rule[], path: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const rule of rules.filter((one) => matches(one.path, path)))
    for (const [name, value] of rule.headers) found[name] = name in found ? `${found[name]}, ${value}` : value;
  return found;
}

const matches = (pattern: string, path: string): boolean =>
  pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;

/**
 * Serves a folder by its own `_headers` and `_redirects`. Netlify gives a page under both of its names; Cloudflare sends whoever asks for
 * the long one to the short one.
 */
export async function pagesHost(dir: string, name: "netlify" | "cloudflare"): Promise<Host> {
  const text = (file: string): Promise<string> => readFile(join(dir, file), "utf8").catch(() => "");
  const rules = parseHeaders(await text("_headers"));
  const redirects = (await text("_redirects")).split("\n").map((line) => line.split(" "));
  return serve(async (path) => {
    const [, to, status] = redirects.find(([from]) => from === path) ?? [];
    if (to) return { status: Number(status), headers: { location: to } };
    const short = path.replace(/(\/)index\.html$|\.html$/, "$1");
    if (name === "cloudflare" && short !== path) return { status: 308, headers: { location: short } };
    return (await found(dir, path, headersFor(rules, path))) ?? notFound(dir, headersFor(rules, path));
  });
}

async function found(dir: string, path: string, headers: Record<string, string>): Promise<Answer | undefined> {
  const names = path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`];
  for (const name of names) {
    const body = await readFile(join(dir, name)).catch(() => undefined);
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    if (body) return { status: 200, headers: { "content-type": type, ...headers }, body };
  }
  return undefined;
}

/** The page for what is not there, from the root of the folder. */
export async function notFound(dir: string, headers: Record<string, string> = {}): Promise<Answer> {
  const body = await readFile(join(dir, "404.html"));
  return { status: 404, headers: { "content-type": "text/html; charset=utf-8", ...headers }, body };
}
