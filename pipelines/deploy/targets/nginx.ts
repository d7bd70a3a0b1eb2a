import { extname } from "node:path";
import { securityHeaders } from "../../site/headers.ts";
import { ASK_AGAIN, contentType, FOREVER } from "../../site/serving.ts";
import { notFoundPage } from "../not-found.ts";
import { refusal } from "../refusal.ts";
import type { BuiltSite, Target } from "../target.ts";

/** Where the configuration looks for the site on the server. */
const ROOT = "/var/www/sentinel-ota";
/** Characters of one word of an nginx configuration. */
const LONGEST_WORD = 4096;

/** Texts worth packing; text/html is packed without being named. */
const isText = (type: string): boolean => /^text\/(?!html)|^application\/(.*\+)?json$|\+xml$/.test(type);

/** Headers of the outer block do not reach into one that has its own: each says all. */
function headers(pages: readonly string[], cache: string, indent: string): string {
  const all = { ...securityHeaders(pages), "cache-control": cache };
  const longest = Math.max(...Object.values(all).map(({ length }) => length));
  if (longest > LONGEST_WORD)
    throw refusal(
      `nginx takes ${LONGEST_WORD} characters a header; the policy of all pages of this site together has ${longest}.`,
      "Take pages out of the site, or publish it where each page has its own: --target netlify.",
    );
  return Object.entries(all)
    .map(([name, value]) => `${indent}add_header ${name} "${value}" always;`)
    .join("\n");
}

function configuration({ base, files, pages }: BuiltSite): string {
  const endings = [...new Set(Object.keys(files).map((path) => extname(path)))].filter(Boolean).sort();
  const bare = (ending: string): string => contentType(ending.replace(".", "x.")).replace(/;.*/, "");
  const texts = [...new Set(endings.map(bare).filter(isText))].join(" ");
  return `# Sentinel OTA: include this in the server block that is to have the report at ${base}
# The files of site/ belong into ${ROOT}.
location ${base} {
  root ${ROOT};
  index index.html;
  error_page 404 ${base}404.html;
  default_type application/octet-stream;
  types {
${endings.map((ending) => `    ${bare(ending)} ${ending.slice(1)};`).join("\n")}
  }
  charset utf-8;
  charset_types ${texts};
  gzip on;
  gzip_vary on;
  gzip_min_length 1024;
  gzip_types ${texts};
${headers([], ASK_AGAIN, "  ")}

  location ~ "\\.html$" {
${headers(Object.values(pages), ASK_AGAIN, "    ")}
  }
  location ~ "/_(file|import|node|npm|observablehq)/.*[./][0-9a-f]{8}\\.\\w+$" {
${headers([], FOREVER, "    ")}
  }
}
`;
}

export const NGINX: Target = {
  name: "nginx",
  title: "nginx",
  ready: (site) => ({
    below: site.base.slice(1),
    texts: { [`site${site.base}404.html`]: notFoundPage(site), "nginx.conf": configuration(site) },
    command: `rsync -a --delete --mkpath FOLDER/site${site.base} SERVER:${ROOT}${site.base}`,
    notes: [
      "Include nginx.conf in the server block, then: nginx -t && nginx -s reload",
      "nginx is not run here: the configuration was written, not tried.",
    ],
  }),
};
