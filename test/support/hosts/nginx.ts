import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Answer, type Host, serve } from "./serve.ts";

/** A directive of an nginx configuration, and what stands in its block. */
interface Directive {
  readonly words: readonly string[];
  readonly block: readonly Directive[];
}

const TOKEN = /\s*(?:#[^\n]*\n\s*)*("(?:[^"\\]|\\.)*"|[{};]|[^\s{};"]+)/y;

/** Reads a configuration; whatever nginx's own reader would not take is an error. */
export function parseNginx(text: string): Directive[] {
  const tokens: string[] = [];
  const rest = text.trimEnd();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < rest.length; ) {
    const match = TOKEN.exec(rest);
    if (!match) throw new Error("a word does not end");
    tokens.push(match[1] ?? "");
  }
  const [directives, left] = block(tokens);
  if (left.length > 0) throw new Error(`a brace too many: ${left.join(" ")}`);
  return directives;
}

function block(tokens: readonly string[]): [Directive[], readonly string[]] {
  const found: Directive[] = [];
  let words: string[] = [];
  for (let rest = tokens; ; rest = rest.slice(1)) {
    const [token] = rest;
    if (token === undefined || token === "}") {
      if (words.length > 0) throw new Error(`${words.join(" ")} lacks its semicolon`);
      return [found, rest.slice(1)];
    }
    if (token === ";") {
      found.push({ words, block: [] });
      words = [];
    } else if (token === "{") {
      const [inner, after] = block(rest.slice(1));
      found.push({ words, block: inner });
      words = [];
      rest = ["", ...after];
    } else words.push(token.replace(/^"(.*)"$/s, "$1"));
  }
}

/**
 * Serves by a configuration of one location with others in it, as the parts of nginx that it uses are described: the first expression that
 * matches decides, headers and types come from the innermost block that has any. Whether nginx itself takes it is not tried.
 */
export function nginxHost(text: string, root: string): Promise<Host> {
  const [outer, ...others] = parseNginx(text);
  if (outer?.words[0] !== "location" || others.length > 0) throw new Error("there is not one location");
  const prefix = outer.words[1] ?? "";
  const one = (name: string): string => outer.block.find(({ words }) => words[0] === name)?.words[1] ?? "";
  const types = outer.block.find(({ words }) => words[0] === "types")?.block ?? [];
  const typeOf = (path: string): string =>
    types.find(({ words }) => words.slice(1).some((ending) => path.endsWith(`.${ending}`)))?.words[0] ??
    one("default_type");
  const headersOf = (path: string): Record<string, string> => {
    const inner = outer.block.find(({ words }) => words[1] === "~" && new RegExp(words[2] ?? "").test(path));
    const adds = (inner ?? outer).block.filter(({ words }) => words[0] === "add_header");
    if (adds.some(({ words }) => words.length !== 4 || words[3] !== "always")) throw new Error("an odd header");
    return Object.fromEntries(adds.map(({ words: [, name = "", value = ""] }) => [name, value]));
  };
  const answer = async (path: string, status: number): Promise<Answer | undefined> => {
    const body = await readFile(join(root, path)).catch(() => undefined);
    return body && { status, headers: { "content-type": typeOf(path), ...headersOf(path) }, body };
  };
  return serve(async (path) => {
    if (!path.startsWith(prefix)) return { status: 404, headers: {}, body: Buffer.from("another site") };
    const file = path.endsWith("/") ? path + one("index") : path;
    const notThere = outer.block.find(({ words }) => words[0] === "error_page")?.words[2] ?? "";
    return (await answer(file, 200)) ?? (await answer(notThere, 404)) ?? { status: 404, headers: {} };
  });
}
