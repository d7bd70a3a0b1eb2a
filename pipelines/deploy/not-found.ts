import type { BuiltSite } from "./target.ts";

/**
 * The page for an address that there is not. A host shows it at any depth, so its links begin at the root. No script, and the style of the
 * site.
 */
export function notFoundPage({ base, files }: BuiltSite): string {
  const style = Object.keys(files).find((path) => /^_import\/style\.[0-9a-f]{8}\.css$/.test(path));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>There is no such page | Sentinel OTA</title>
${style ? `<link rel="stylesheet" href="${base}${style}">\n` : ""}</head>
<body>
<main id="observablehq-main">
<h1>There is no such page.</h1>
<p>It may have been in a former report. <a href="${base}index.html">What this one answers first</a></p>
</main>
</body>
</html>
`;
}
