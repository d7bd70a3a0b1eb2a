import { createHash } from "node:crypto";

/**
 * The style sheets that Plot 0.6.17 writes into a drawing, a colour ramp and a row of swatches, by SHA-256. Their texts are constants
 * of Plot's; a browser test draws all three.
 */
const PLOT_STYLES = [
  "'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww='",
  "'sha256-/jg3HOQ97BIOLIR7iXhepLJanBbw11P39q1Ne1E+6Jc='",
  "'sha256-rCZUQsEQJf1DmnfnMZmlj08XC7qbIZySA6bEtitbQ00='",
];

/**
 * The scripts of a page, the last things of its head: the one that Framework wrote, and once the page is baked, the one that wakes it. A
 * script anywhere else is not ours.
 */
const SCRIPTS =
  /<script type="module">([\s\S]*?)<\/script>(?:\s*<\/template>\s*<script>([\s\S]*?)<\/script>)?\s*<\/head>/;
/** The style sheet of a page that has all of itself in one file. */
const STYLE = /<style>([\s\S]*?)<\/style>\s*<\/head>/;

/** The content security policy under which these pages work, but for who may frame them, which a page cannot say itself. */
export function contentPolicy(pages: readonly string[]): string {
  const found = (pattern: RegExp): string[] =>
    pages.flatMap((html) => pattern.exec(html)?.slice(1).filter(Boolean) ?? []).map(sourceHash);
  const scripts = found(SCRIPTS);
  const styles = [...PLOT_STYLES, ...new Set(found(STYLE))];
  if (pages.some(makesCode)) scripts.push("'unsafe-eval'");
  const asks = pages.some(asksSql);
  if (asks) scripts.push("'wasm-unsafe-eval'");
  return [
    "default-src 'none'",
    `script-src ${["'self'", ...new Set(scripts)].join(" ")}`,
    "style-src 'self'",
    `style-src-elem 'self' ${styles.join(" ")}`,
    // Plot's swatches, `html` templates and our keys carry style attributes; for the lines below these can load nothing from elsewhere.
    "style-src-attr 'unsafe-inline'",
    // data: is the empty icon.
    "img-src 'self' data:",
    "font-src 'self'",
    // The engine is unpacked into a blob, and runs in a worker made of one, which this policy holds as it does the page.
    `connect-src 'self'${asks ? " blob:" : ""}`,
    ...(asks ? ["worker-src blob:"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/**
 * Whether a page uses Arquero, which makes code of every expression: only such a page may make code of text, and none that comes with Sentinel
 * does.
 */
export function makesCode(html: string): boolean {
  return html.includes("/_npm/arquero@");
}

/** Whether a page can start the SQL engine: only such a page may run WebAssembly, and a worker. */
export function asksSql(html: string): boolean {
  return /\/_import\/components\/sql\/engine\.[0-9a-f]{8}\.js/.test(html);
}

const sourceHash = (script: string): string => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

const CHARSET = '<meta charset="utf-8">';
const SEAL = /\n<meta http-equiv="content-security-policy" content="[^"]*">/;

/**
 * Puts a page's own policy into the page, for hosts that send no headers; in place of the one that it has. What stands before a
 * policy is not held to it, so it comes right after the character set.
 */
export function sealPage(html: string): string {
  const bare = html.replace(SEAL, "");
  const seal = `\n<meta http-equiv="content-security-policy" content="${contentPolicy([bare])}">`;
  return bare.replace(CHARSET, CHARSET + seal);
}
