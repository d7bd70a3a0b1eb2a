import { readFile } from "node:fs/promises";
import { filesUnder } from "./built-pages.ts";
import { contentPolicy } from "./policy.ts";

export type Headers = Readonly<Record<string, string>>;

/** What a host is to send with the files of a site that has these pages; without pages, with a file that is none. */
export function securityHeaders(pages: readonly string[]): Headers {
  return {
    "content-security-policy": `${contentPolicy(pages)}; frame-ancestors 'none'`,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}

/** The headers for all files of a built site: their policy knows the script of every page. */
export async function siteHeaders(dir: string): Promise<Headers> {
  const files = (await filesUnder(dir)).filter((file) => file.endsWith(".html"));
  return securityHeaders(await Promise.all(files.map((file) => readFile(file, "utf8"))));
}
