import { securityHeaders } from "../site/headers.ts";
import { ASK_AGAIN, cacheControl, FOREVER } from "../site/serving.ts";
import type { BuiltSite } from "./target.ts";

const POLICY = "content-security-policy";

/** Headers for the addresses that match a path, in which only a last `*` is a wildcard. */
export interface HeaderRule {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The headers of a site as rules by address, for hosts that add up the rules that match: so no header stands in two rules that can match
 * one address. A page has the policy of its own alone.
 */
export function headerRules({ base, files, pages }: BuiltSite): HeaderRule[] {
  const { [POLICY]: policy = "", ...others } = securityHeaders([]);
  const folders = [...new Set(Object.keys(files).flatMap((path) => /^_\w+(?=\/)/.exec(path)?.[0] ?? []))];
  const inFolder = (folder: string): string[] => Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
  return [
    { path: `${base}*`, headers: others },
    ...folders.map((folder) => ({
      path: `${base}${folder}/*`,
      headers: {
        [POLICY]: policy,
        "cache-control": inFolder(folder).every((path) => cacheControl(path) === FOREVER) ? FOREVER : ASK_AGAIN,
      },
    })),
    ...Object.entries(pages).flatMap(([path, html]) => {
      const headers = { [POLICY]: securityHeaders([html])[POLICY] ?? policy, "cache-control": ASK_AGAIN };
      return addresses(path).map((address) => ({ path: `${base}${address}`, headers }));
    }),
  ];
}

/** A page by its name, and as hosts shorten it. */
const addresses = (path: string): string[] => [path, path.replace(/(^|(?<=\/))index\.html$|\.html$/, "")];

/** The rules as Netlify and Cloudflare Pages read them out of `_headers`. */
export const headersFile = (rules: readonly HeaderRule[]): string =>
  rules
    .map(({ path, headers }) =>
      [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`), ""].join("\n"),
    )
    .join("\n");
