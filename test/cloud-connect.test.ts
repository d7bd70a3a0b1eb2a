import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { acquireEmbedded } from "../pipelines/db/embedded/server.ts";
import { certificate } from "./support/certificates.ts";
import { type Ended, run, start } from "./support/cli.ts";
import type { Gate } from "./support/cloud/gate.ts";
import { StandIn } from "./support/cloud/stand-in.ts";
import { query } from "./support/fleet.ts";
import { type TemporaryProject, temporaryProject } from "./support/project.ts";

const PASSWORD = "hunter2-canary";
const PROJECT = "shop-prod";
const REGION = "europe-west1";
const ACCOUNT = "sa@shop-prod.iam";
/** What the server behind the door asks: a password, save of who came by a certificate that was made for his token. */
const ACCESS = `host all "${ACCOUNT}" 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n`;

const api = new StandIn();
let project: TemporaryProject;
let folder: string;
let gate: Gate;
let stop: () => Promise<void>;
let env: Record<string, string>;
beforeAll(async () => {
  project = temporaryProject();
  folder = mkdtempSync(join(tmpdir(), "sentinel-cloud-"));
  const open = join(project.root, "access");
  mkdirSync(open, { mode: 0o711 });
  const access = join(open, "pg_hba.conf");
  writeFileSync(access, ACCESS);
  chmodSync(access, 0o644);
  const settings = { shared_buffers: "64MB", hba_file: access };
  const server = await acquireEmbedded({ projectRoot: project.root, settings });
  stop = () => server.release();
  await query(server.connectionString, `CREATE ROLE ana LOGIN PASSWORD '${PASSWORD}'`);
  await query(server.connectionString, "CREATE DATABASE ota OWNER ana");
  await query(server.connectionString, `CREATE ROLE "${ACCOUNT}" LOGIN`);
  await api.open();
  env = api.environment(folder);
  api.instances.put({ project: PROJECT, name: "fleet", region: REGION });
  api.instances.put({ project: PROJECT, name: "inner", region: REGION });
  gate = await api.openGate("fleet", server.connectionString);
});
afterAll(async () => {
  await api.close();
  await stop();
  await project.remove();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  api.calls.length = 0;
  api.calm();
});

const url = (query = "", who = `ana:${PASSWORD}`, instance = "fleet") =>
  `cloudsql://${encodeURIComponent(who).replace("%3A", ":")}@${PROJECT}:${REGION}:${instance}/ota${query}`;
/** All that a command by hand says beside its answer. */
const played = () => `Cloud SQL is played by ${api.url} (SENTINEL_CLOUD_API): nothing of this reaches Google.\n`;
const asked = (method: string) => api.calls.filter((name) => name === `SqlConnectService.${method}`).length;

function expectNoSecret({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toMatch(new RegExp(`${PASSWORD}|ya29|BEGIN`));
}

describe("an instance of Cloud SQL is worked with by its name", () => {
  test("from end to end: each session has a way, and a certificate, of its own", async () => {
    const words = ["pipeline", "--no-site", "--devices", "2000", "--batch-size", "500", "--workers", "2"];
    const before = gate.visitors.length;
    const end = await run(words, url(), env);
    expect(end).toMatchObject({ code: 0 });
    expect(end.stdout).toMatch(/recover +\d/);
    expect(end.stderr).toContain(`Cloud SQL is played by ${api.url}`);
    expectNoSecret(end);
    const visitors = gate.visitors.length - before;
    // The command's own, two workers' and the one that reads for the report.
    expect(visitors).toBeGreaterThanOrEqual(4);
    expect(asked("GenerateEphemeralCert")).toBe(visitors);
    expect(asked("GetConnectSettings")).toBe(visitors);
  });

  test("by hand: url, digest, and psql, which is our own here", async () => {
    const printed = await run(["db", "url"], url(), env);
    expect(printed.stdout).toBe(`${url("?ip=public&iam=false")}\n`);
    expect((await run(["db", "digest"], url(), env)).stdout).toMatch(/^[0-9a-f]{16,}\n$/);
    const counted = await run(["db", "psql", "-c", "SELECT count(*) FROM ota_logs"], url(), env);
    expect(counted).toMatchObject({ code: 0, stderr: played() });
    expect(counted.stdout).toContain("2000");
  });

  test("by the account of the Google credentials, without a password", async () => {
    const place = url("?iam=true", `${ACCOUNT}.gserviceaccount.com`);
    const end = await run(["db", "psql", "-c", "SELECT current_user"], place, env);
    expect(end).toMatchObject({ code: 0, stderr: played() });
    expect(end.stdout).toContain(ACCOUNT);
    expect(api.iam).toHaveLength(1);
    expectNoSecret(end);
  });
});

describe("--stop-after", () => {
  const words = ["pipeline", "--no-site", "--stop-after", "--devices", "2000", "--workers", "1", "--campaign"];
  const policy = () => api.instances.all.get("fleet")?.settings.activationPolicy;
  beforeEach(() => {
    api.changes.length = 0;
    api.instances.change("fleet", { activationPolicy: "ALWAYS" });
    return () => api.instances.change("fleet", { activationPolicy: "ALWAYS" });
  });

  test("stops the instance when the pipeline has ended", async () => {
    const { code, stdout } = await run([...words, "stops"], url(), env);
    expect(stdout).toMatch(/recover +\d[\s\S]*fleet is stopped; its disk still costs/);
    expect({ code, policy: policy() }).toEqual({ code: 0, policy: "NEVER" });
  });

  test("stops it too when the pipeline fails, whose error stays the command's", async () => {
    const end = await run([...words, "fails"], url().replace("/ota", "/none"), env);
    expect(end.stderr).toMatch(/does not exist/);
    expect({ code: end.code, policy: policy() }).toEqual({ code: 3, policy: "NEVER" });
    expectNoSecret(end);
  });

  test("stops it too when the pipeline is interrupted", async () => {
    const command = start([...words, "halts"], { DATABASE_URL: url(), ...env });
    await command.says("generate:");
    command.signal("SIGINT");
    expect((await command.ended).code).toBe(130);
    expect(api.changes.at(-1)).toMatchObject({ verb: "PATCH", body: { settings: { activationPolicy: "NEVER" } } });
  });

  test("is refused before anything is done where the database is none of Cloud SQL's", async () => {
    const end = await run([...words, "refused"], "postgres://ana@127.0.0.1:1/ota", env);
    expect(end.stderr).toMatch(/stops an instance of Cloud SQL, and the database is none/);
    expect(end.code).toBe(2);
  });
});

describe("what stands in the way is said with what to do about it, without a secret: exit 3", () => {
  const ask = (place: string, more: Record<string, string> = {}) =>
    run(["db", "psql", "-c", "SELECT 1"], place, { ...env, ...more });

  async function expectRefusal(end: Promise<Ended>, cause: RegExp, remedy: RegExp): Promise<void> {
    const { code, stdout, stderr } = await end;
    expect(stderr).toMatch(cause);
    expect(stderr).toMatch(remedy);
    expect(stderr).toMatch(/^✗ .+\n {2}.+/m);
    expect(stderr).not.toMatch(/\n\s+at |node_modules|bug in Sentinel/);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expectNoSecret({ code, stdout, stderr });
  }

  test("no such instance", () =>
    expectRefusal(ask(url("", "ana", "gone")), /There is no instance shop-prod:europe-west1:gone/, /instances list/));

  test("another region", () => {
    const place = url().replace(REGION, "us-east1");
    return expectRefusal(
      ask(place),
      /no instance .*us-east1.*: .*Got europe-west1, want us-east1/,
      /Check project, region/,
    );
  });

  test("a right that is missing", () => {
    api.fail({
      method: "SqlConnectService.GetConnectSettings",
      status: 403,
      reason: "notAuthorized",
      message: "Missing permission cloudsql.instances.connect",
    });
    return expectRefusal(ask(url()), /may not connect .*cloudsql\.instances\.connect/, /roles\/cloudsql\.client/);
  });

  test("an API that fails for longer than it is asked again", async () => {
    api.fail({ method: "SqlConnectService.GetConnectSettings", status: 503, message: "Backend unavailable" }, 20);
    await expectRefusal(ask(url()), /Admin API could not do it now: .*Backend unavailable/, /Wait a moment/);
  });

  test("no address of the kind that was asked for", () =>
    expectRefusal(ask(url("?ip=private")), /fleet has no private address/, /ip=public, ip=private or ip=psc/));

  test("an instance that is stopped", async () => {
    api.instances.change("fleet", { activationPolicy: "NEVER" });
    await expectRefusal(ask(url()), /lets nobody connect now: .*not running/, /cloud -- status/);
    api.instances.change("fleet", { activationPolicy: "ALWAYS" });
  });

  test("nothing at its address", () => {
    return expectRefusal(
      ask(url("?ip=private", "ana", "inner"), { PGCONNECT_TIMEOUT: "5" }),
      /Nothing answers for .*inner at its private address/,
      /TCP port 3307 out; its network/,
    );
  });

  test("a wrong password, and none", async () => {
    await expectRefusal(ask(url("", "ana:wrong")), /refused the user or the password of ana@shop-prod/, /PGPASSWORD/);
    await expectRefusal(ask(url("", "ana")), /asks ana@.* for a password, and none is given/, /PGPASSWORD/);
  });

  test("an account that the database does not know", () =>
    expectRefusal(ask(url("?iam=true", "ben@shop-prod.iam")), /for a password|refused the user/, /iam=true/));

  test("no credentials", () =>
    expectRefusal(
      ask(url(), { GOOGLE_APPLICATION_CREDENTIALS: "", HOME: folder, METADATA_SERVER_DETECTION: "none" }),
      /no Google credentials on this machine/,
      /gcloud auth application-default login/,
    ));

  test("a server that is not the instance", async () => {
    gate.show(certificate({ name: `${PROJECT}:fleet`, by: certificate({ name: "Another", signs: true }) }));
    const before = gate.visitors.length;
    await expectRefusal(ask(url()), /No secured connection to .*fleet/, /nothing was sent/);
    expect(gate.visitors).toHaveLength(before);
  });
});
