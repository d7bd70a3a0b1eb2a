import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { locateHome } from "../db/embedded/home.ts";
import { readPassword } from "../db/embedded/password.ts";

/** A text that must not be published, and where it was found out: that alone is said. */
export interface KnownSecret {
  readonly from: string;
  readonly text: string;
}

/** Variables whose value is nobody's business. */
const SECRET_NAME = /PASS|PWD$|SECRET|TOKEN|CREDENTIAL|_KEY$|APIKEY|API_KEY|DATABASE_URL|_DSN$/i;
const LINE = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*?)\s*$/;

/** Letters alone are a word that a page may well say; so is what is very short. */
const isSearchable = (text: string): boolean => text.length >= 6 && (text.length >= 16 || !/^[a-z]+$/i.test(text));

/** The secrets that this machine knows: the environment's, those of `.env` files, of the password files, and the embedded server's. */
export function knownSecrets(projectRoot: string, env: NodeJS.ProcessEnv): KnownSecret[] {
  const found = [
    ...ofVariables("the environment", Object.entries(env)),
    ...dotEnvFiles(projectRoot).flatMap((name) => ofVariables(name, linesOf(join(projectRoot, name)))),
    ...passwordFile(env.PGPASSFILE ?? join(env.HOME ?? homedir(), ".pgpass")),
    ...[readPassword(locateHome({ projectRoot })) ?? ""].map((text) => ({ from: "the embedded server", text })),
  ];
  return found.filter(({ text }) => isSearchable(text));
}

function ofVariables(from: string, variables: readonly (readonly [string, string | undefined])[]): KnownSecret[] {
  return variables.flatMap(([name, value = ""]) =>
    SECRET_NAME.test(name) || /^[a-z][a-z0-9+.-]*:\/\/[^\s/]*:[^\s/]*@/i.test(value)
      ? partsOf(value).map((text) => ({ from: `${name} of ${from}`, text }))
      : [],
  );
}

/** Of an address the password, as it is written and as it is meant; anything else as a whole. */
function partsOf(value: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:]*:(\S*)@/i.exec(value)?.[1];
  if (password === undefined) return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? [] : [value];
  try {
    return [...new Set([password, decodeURIComponent(password)])];
  } catch {
    return [password];
  }
}

const dotEnvFiles = (folder: string): string[] => readdirSync(folder).filter((name) => /^\.env(\.|$)/.test(name));

function linesOf(file: string): [string, string][] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, name, value = ""] = LINE.exec(line) ?? [];
      return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, "$2")] as [string, string]];
    });
}

/** PostgreSQL's own: the fifth field of each line, in which a backslash keeps the next character. */
function passwordFile(file: string): KnownSecret[] {
  if (!existsSync(file)) return [];
  const fields = (line: string): string[] => line.match(/(?:\\.|[^:\\])+|(?<=^|:)(?=:|$)/g) ?? [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .flatMap((line) => fields(line).slice(4))
    .map((text) => ({ from: "PostgreSQL's password file", text: text.replaceAll(/\\(.)/g, "$1") }));
}
