import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Context } from "../context.ts";
import { externalTarget } from "../db/connect.ts";

/** Which instance is meant. */
export interface InstanceName {
  readonly project: string;
  readonly region: string;
  readonly name: string;
}

/**
 * The instance that --instance names, else the one of the database that is configured.
 * @throws SentinelError exit 2, where neither names one.
 */
export function instanceName({ options, env }: Pick<Context, "options" | "env">): InstanceName {
  const text = options.instance ?? externalTarget({ databaseUrl: options.databaseUrl, env })?.config.cloudSql?.instance;
  if (text !== undefined) return parsed(text);
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: "Nothing says which instance of Cloud SQL is meant.",
    remedy: "Name it, or set DATABASE_URL to cloudsql://user@project:region:instance/database:",
    command: "npm run cloud -- status --instance project:region:instance",
  });
}

/** A project may be of a domain, and have a colon itself. */
function parsed(text: string): InstanceName {
  const [name = "", region = "", ...project] = text.split(":").reverse();
  return { project: project.reverse().join(":"), region, name };
}

export const fullName = ({ project, region, name }: InstanceName): string => `${project}:${region}:${name}`;
