import { EXIT, SentinelError } from "../../cli/errors.ts";

/** Names a server on this machine that stands in for the Cloud SQL Admin API. */
export const ENDPOINT_VARIABLE = "SENTINEL_CLOUD_API";

/**
 * The stand-in of the Cloud SQL Admin API that was asked for; undefined: Google's own. Who uses one says so.
 * @throws SentinelError exit 2, where it is not on this machine: tokens would be sent to it.
 */
export function standInOf(env: NodeJS.ProcessEnv): string | undefined {
  const text = env[ENDPOINT_VARIABLE];
  if (text === undefined || text === "") return undefined;
  if (/^http:\/\/127\.0\.0\.1:\d{1,5}\/?$/.test(text) && URL.canParse(text)) return new URL(text).href;
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `${ENDPOINT_VARIABLE} names no place on this machine, and what is sent there holds credentials.`,
    remedy: `Unset it to use Google's API; tests write it as http://127.0.0.1:PORT/.`,
  });
}

/** What is said wherever a stand-in is used. */
export const standInNote = (endpoint: string): string =>
  `Cloud SQL is played by ${endpoint} (${ENDPOINT_VARIABLE}): nothing of this reaches Google.`;
