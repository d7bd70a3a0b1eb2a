/** A command that uses the embedded server of the project in its argument, until its stdin ends. */
import { SentinelError } from "../../pipelines/cli/errors.ts";
import { acquireEmbedded } from "../../pipelines/db/embedded/server.ts";

try {
  const server = await acquireEmbedded({ projectRoot: process.argv[2] ?? "" });
  process.stdout.write(`${server.connectionString}\n`);
  process.stdin.resume();
  process.stdin.once("end", () => void server.release());
} catch (error) {
  if (!(error instanceof SentinelError)) throw error;
  process.stdout.write(`${error.exitCode} ${error.message} ${error.remedy}\n`);
  process.exitCode = error.exitCode;
}
