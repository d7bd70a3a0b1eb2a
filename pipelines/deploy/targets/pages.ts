import { type HeaderRule, headerRules, headersFile } from "../header-rules.ts";
import { notFoundPage } from "../not-found.ts";
import { refusal } from "../refusal.ts";
import type { BuiltSite, Ready, Target } from "../target.ts";

const MIB = 1024 * 1024;
/** What Cloudflare Pages reads of a `_headers` file: rules, and characters of a line. */
const MOST_RULES = 100;
const LONGEST_LINE = 2000;

/** Hosts that take a folder with `_headers` and `_redirects` in it. A base is a folder in that. */
function folderWithRules(site: BuiltSite, rules: readonly HeaderRule[]): Pick<Ready, "below" | "texts"> {
  const redirects = site.base === "/" ? {} : { "site/_redirects": `/ ${site.base} 302\n` };
  return {
    below: site.base.slice(1),
    texts: { "site/_headers": headersFile(rules), "site/404.html": notFoundPage(site), ...redirects },
  };
}

export const NETLIFY: Target = {
  name: "netlify",
  title: "Netlify",
  ready: (site) => ({
    ...folderWithRules(site, headerRules(site)),
    command: "npx netlify-cli deploy --prod --no-build --dir FOLDER/site",
    notes: [],
  }),
};

export const CLOUDFLARE: Target = {
  name: "cloudflare",
  title: "Cloudflare Pages",
  mostBytes: 25 * MIB,
  mostFiles: 20_000,
  ready: (site) => {
    const rules = headerRules(site);
    const longest = Math.max(
      ...headersFile(rules)
        .split("\n")
        .map(({ length }) => length),
    );
    if (rules.length > MOST_RULES || longest > LONGEST_LINE) {
      throw refusal(
        `Cloudflare Pages reads ${MOST_RULES} rules of ${LONGEST_LINE} characters a line from _headers; this site needs ${rules.length}, the longest line has ${longest}.`,
        "Take pages out of the site, or publish it where there is no such limit: --target netlify, nginx or folder.",
      );
    }
    return {
      ...folderWithRules(site, rules),
      command: "npx wrangler pages deploy FOLDER/site --project-name PROJECT",
      notes: [],
    };
  },
};
