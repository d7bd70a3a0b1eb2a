import { inspect } from "node:util";

/** Variables that hold a password, may, or say where one lies. */
const SECRET_VARIABLES = ["DATABASE_URL", "DB_PASS", "PGPASSWORD", "GOOGLE_APPLICATION_CREDENTIALS"];

/** The environment for a process that has no business with the database. */
export function withoutSecretVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET_VARIABLES.includes(name)));
}

/** A password in something like a URL: up to the last @ before the next blank, since not everybody encodes his. */
const PASSWORD = /((?:[a-z][a-z0-9+.-]*:\/{1,2}|\/\/)[^\s:/@]*:)\S*(?=@)|(\bpassword=)[^\s&]+/gi;

/** A text that may repeat what a person typed, for example a URL where no URL belongs, without the passwords in it. */
export function withoutSecrets(text: string): string {
  return text.replace(PASSWORD, "$1$2***");
}

/** An error with its stack and its causes, for who looks for a bug. */
export function errorDetails(error: unknown): string {
  return withoutSecrets(inspect(error));
}
