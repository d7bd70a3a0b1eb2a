import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { finishHtml } from "../../pipelines/site/built-pages.ts";
import { securityHeaders } from "../../pipelines/site/headers.ts";
import { contentPolicy, sealPage } from "../../pipelines/site/policy.ts";

const page = (script: string, main = ""): string =>
  `<html>\n<head>\n<meta charset="utf-8">\n<script type="module">${script}</script>\n</head>\n<body>${main}</body></html>`;
const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const scripts = (policy: string): string[] =>
  (/script-src ([^;]*)/.exec(policy)?.[1] ?? "").split(" ").filter((source) => source !== "'self'");

describe("the policy of a page", () => {
  test("allows the script that Framework wrote, and no other", () => {
    const injected = '<script type="module">window.pwned = 1</script><script>window.pwned = 1</script>';
    expect(scripts(contentPolicy([page("\nlet a = 1;\n", injected)]))).toEqual([hash("\nlet a = 1;\n")]);
    expect(scripts(contentPolicy([page("a"), page("b"), page("a")]))).toEqual([hash("a"), hash("b")]);
  });
  test("allows the script that wakes a baked page, and the style sheet of a page that has its own", () => {
    const baked = '<template id="asleep"><script type="module">a</script>\n</template>\n<script>wake</script>\n</head>';
    expect(scripts(contentPolicy([baked]))).toEqual([hash("a"), hash("wake")]);
    expect(scripts(contentPolicy([`${page("a")}<script>late</script></head>`]))).toEqual([hash("a")]);
    const report = contentPolicy(["<head><style>b {}</style>\n</head><style>i {}</style>"]);
    expect(report).toContain(hash("b {}"));
    expect(report).not.toContain(hash("i {}"));
  });
  test("allows neither eval nor scripts in the page's text", () => {
    const policy = contentPolicy([page("a")]);
    expect(policy).not.toMatch(/script-src[^;]*unsafe|unsafe-eval|\*|https?:/);
    expect(policy.split("; ")[0]).toBe("default-src 'none'");
  });
  test("allows eval to a page that uses Arquero, and to no other", () => {
    const notebook = page('import "./_npm/arquero@8.0.3/8e67e24d.js"');
    expect(scripts(contentPolicy([notebook]))).toContain("'unsafe-eval'");
    expect(sealPage(notebook)).toContain("'unsafe-eval'");
    expect(sealPage(page("a"))).not.toContain("'unsafe-eval'");
  });
  test("allows WebAssembly and a worker made of a blob to a page that can start the engine, and to no other", () => {
    const engine = page('import "./_import/components/sql/engine.8e67e24d.js"');
    const policy = contentPolicy([engine]);
    expect(scripts(policy)).toContain("'wasm-unsafe-eval'");
    expect(policy).toContain("connect-src 'self' blob:;");
    expect(policy).toContain("worker-src blob:;");
    expect(policy).not.toContain("'unsafe-eval'");
    for (const other of ["a", 'import "./_import/components/sql/engines.8e67e24d.js"'])
      expect(contentPolicy([page(other)])).not.toMatch(/wasm|worker|blob/);
  });
  test("stands before everything that it is to hold, once, and follows the page", () => {
    const sealed = sealPage(finishHtml(page("a")));
    expect(sealed.indexOf("content-security-policy")).toBeLessThan(sealed.indexOf("<script"));
    expect(sealPage(sealed)).toBe(sealed);
    const changed = sealPage(sealed.replace(">a<", ">b<"));
    expect(changed.match(/content-security-policy/g)).toHaveLength(1);
    expect(changed).toContain(hash("b"));
    expect(changed).not.toContain(hash("a"));
    expect(sealed).not.toContain("frame-ancestors");
  });
});

test("a host is told who may frame a page: nobody", () => {
  expect(securityHeaders([page("a")])["content-security-policy"]).toBe(
    `${contentPolicy([page("a")])}; frame-ancestors 'none'`,
  );
});
