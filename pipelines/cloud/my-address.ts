import { EXIT, SentinelError } from "../cli/errors.ts";

/** Answers with the IPv4 address that it is asked from, and nothing else. */
const SERVICE = "https://api.ipify.org/";
const VARIABLE = "SENTINEL_ADDRESS_SERVICE";
const PATIENCE_MS = 10_000;

/**
 * The address by which the Internet sees this machine, as a service tells it.
 * @throws SentinelError exit 3, where it tells none, or one that is not IPv4.
 */
export async function myAddress(env: NodeJS.ProcessEnv): Promise<string> {
  const place = env[VARIABLE] || SERVICE;
  const text = await ask(place);
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text;
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `${place} does not tell this machine's IPv4 address.`,
    remedy: `Name the address yourself, or another service in ${VARIABLE}:`,
    command: "npm run cloud -- allow 203.0.113.7",
  });
}

async function ask(place: string): Promise<string> {
  try {
    const answer = await fetch(place, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: "error" });
    return answer.ok ? (await answer.text()).trim() : "";
  } catch {
    return "";
  }
}
