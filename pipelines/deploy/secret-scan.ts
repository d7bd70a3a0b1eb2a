import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KnownSecret } from "./known-secrets.ts";
import { layersOf } from "./layers.ts";
import { refusal } from "./refusal.ts";

/** What is a secret by its looks, whoever's it is. */
const LOOKS: Readonly<Record<string, RegExp>> = {
  "a private key": /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/,
  "a database's address with its password":
    /\b(postgres(ql)?|mysql|mongodb(\+srv)?|rediss?|amqps?):\/\/[^\s:/@"'<>\\]+:[^\s@"'<>\\]+@/i,
  "an address with a password": /\bhttps?:\/\/[^\s:/@"'<>\\]{1,64}:[^\s:/@"'<>\\]{3,200}@[\w[]/i,
  "a libpq connection string": /\bhost=\S+ [^\n"']*\bpassword=[^\s"']+/i,
  "an AWS access key": /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  "a GitHub token": /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})/,
  "a GitLab token": /\bglpat-[A-Za-z0-9_-]{20}/,
  "an npm token": /\bnpm_[A-Za-z0-9]{36}\b/,
  "a Slack token": /\bxox[abeoprs]-[A-Za-z0-9-]{10}/,
  "a Google API key": /\bAIza[A-Za-z0-9_-]{35}/,
  "a Stripe key": /\b[rs]k_live_[A-Za-z0-9]{16}/,
  "a JSON web token": /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10}/,
};

/**
 * Searches every file for secrets: known ones, in each way that they may be written, and whatever looks like one.
 * @throws SentinelError with exit code 6 that names the files and what was found, never the secret.
 */
export async function assertNoSecrets(
  dir: string,
  paths: readonly string[],
  known: readonly KnownSecret[],
  scratch: string,
): Promise<void> {
  const needles = known.map(({ from, text }) => ({ what: `the value of ${from}`, spelt: spellings(text) }));
  const found: string[] = [];
  for (const path of paths) {
    const file = join(dir, path);
    const layers = [Buffer.from(path), ...(await layersOf(file, await readFile(file), scratch))];
    const texts = layers.map((layer) => layer.toString("latin1"));
    const what = [
      ...needles.filter(({ spelt }) => layers.some((layer) => spelt.some((text) => layer.includes(text)))),
      ...Object.entries(LOOKS).flatMap(([what, looks]) => (texts.some((text) => looks.test(text)) ? [{ what }] : [])),
    ];
    found.push(...new Set(what.map((one) => `${path} holds ${one.what}`)));
  }
  if (found.length === 0) return;
  throw refusal(
    `The site would publish a secret: ${found.join("; ")}. Nothing was made ready.`,
    "Take it out of what the page or the mart reads, and change the secret if the site was ever public. Then build again.",
    "npm run build",
  );
}

/** Digits of base64 that nothing else is likely to have. */
const LEAST_BASE64 = 8;

/** A text as bytes, in each way that it may have been written. Base64 has three, by where it begins. */
function spellings(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString("hex");
  const base64 = [0, 1, 2]
    .map((skip) => inner(Buffer.concat([Buffer.alloc(skip), bytes]), skip))
    .filter(({ length }) => length >= LEAST_BASE64);
  const written = [JSON.stringify(text).slice(1, -1), encodeURIComponent(text), hex, hex.toUpperCase(), ...base64];
  return [bytes, Buffer.from(text, "utf16le"), ...written.filter(Boolean).map((spelt) => Buffer.from(spelt))];
}

/** The digits of base64 that hang on the bytes alone, whatever stands before and after them. */
function inner(bytes: Buffer, skip: number): string {
  const whole = bytes.length - (bytes.length % 3);
  return bytes
    .subarray(0, whole)
    .toString("base64")
    .slice(skip === 0 ? 0 : 4);
}
