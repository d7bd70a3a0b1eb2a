import { afterEach, beforeEach, expect, test } from "vitest";
import { type TemporaryProject, temporaryProject } from "../test/support/project.ts";
import { databaseCommand } from "./database.ts";
import { acquireEmbedded } from "./db/embedded/server.ts";

let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => project.remove());

async function run(args: string[], env: NodeJS.ProcessEnv = { PATH: "" }) {
  const output = { stdout: "", stderr: "" };
  const code = await databaseCommand(args, {
    env,
    projectRoot: project.root,
    stdout: (text) => {
      output.stdout += text;
    },
    stderr: (text) => {
      output.stderr += text;
    },
    signal: new AbortController().signal,
    resolve: async () => {
      if (env.DATABASE_URL) return { url: env.DATABASE_URL, embedded: false, release: async () => {} };
      const server = await acquireEmbedded({ projectRoot: project.root });
      return { url: server.connectionString, embedded: true, release: () => server.release() };
    },
  });
  return { code, ...output };
}

test("url, status, psql and stop, over the life of a server", async () => {
  expect(JSON.parse((await run(["status", "--json"])).stdout)).toMatchObject({ running: false, data_folder: null });
  const { stdout: url } = await run(["url"]);
  expect(url).toMatch(/^postgres:\/\/sentinel:[\w-]+@127\.0\.0\.1:\d+\/sentinel\n$/);

  const { port } = new URL(url);
  const state = JSON.parse((await run(["status", "--json"])).stdout);
  expect(state).toMatchObject({ external: null, running: true, pinned: true, users: [], port: Number(port) });
  expect((await run(["status"])).stdout).toContain(`yes, port ${port}, process ${state.pid}`);

  const asked = await run(["psql", "-c", "SELECT 13.1::real AS volts, NULL AS none, 'x' AS text", "-c", "SELECT 1/0"]);
  expect(asked.stdout).toBe(" volts | none | text\n-------+------+------\n  13.1 |      | x\n(1 row)\n");
  expect(asked.stderr).toBe("ERROR:  division by zero (SQLSTATE 22012)\n");
  expect(asked.code).toBe(3);

  expect(await run(["stop"])).toMatchObject({ code: 0, stderr: "The embedded server has stopped.\n" });
  expect(await run(["stop"])).toMatchObject({ code: 0, stderr: "The embedded server was not running.\n" });
});

test("stop names who uses the server, unless it is forced", async () => {
  const server = await acquireEmbedded({ projectRoot: project.root });
  await expect(run(["stop"])).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining(`${process.pid}`),
  });
  expect((await run(["stop", "--force"])).code).toBe(0);
  await server.release();
});

test("somebody else's server is neither started nor stopped", async () => {
  const env = { PATH: "", DATABASE_URL: "postgres://me:secret@127.0.0.1:1/mine" };
  for (const what of ["start", "stop"]) {
    const refusal = run([what], env);
    await expect(refusal).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("me@127.0.0.1:1/mine"),
    });
    await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
  }
  expect((await run(["url"], env)).stdout).toBe(`${env.DATABASE_URL}\n`);
  expect((await run(["status"], env)).stdout).toContain("configured  me@127.0.0.1:1/mine");
});

test("what it doesn't know is a usage error, and help is help", async () => {
  await expect(run(["drop"])).rejects.toMatchObject({ exitCode: 2 });
  await expect(run(["stop", "--now"])).rejects.toMatchObject({ exitCode: 2 });
  expect((await run(["--help"])).stdout).toContain("status [--json]");
});
