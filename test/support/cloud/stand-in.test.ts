import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StandIn } from "./stand-in.ts";

const api = new StandIn();
let token: string;
beforeAll(async () => {
  const { access_token } = await (await fetch(`${await api.open()}token`, { method: "POST" })).json();
  token = access_token;
  api.instances.put({ project: "shop", name: "fleet", region: "us-east1" });
});
afterAll(() => api.close());

const FLEET = "projects/shop/instances/fleet";
async function ask(method: string, path: string, body?: unknown, bearer = token) {
  const init = {
    method,
    headers: { authorization: `Bearer ${bearer}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  };
  const answer = await fetch(`${api.url}sql/v1beta4/${path}`, init);
  return { status: answer.status, body: await answer.json() };
}

describe("the stand-in of Cloud SQL's API", () => {
  test.each([
    ["GET", "projects/shop/instance/fleet", undefined, 404, "not found on this server"],
    ["PUT", `${FLEET}/restart`, undefined, 404, "not found on this server"],
    ["GET", "projects/shop/instances/other", undefined, 404, "does not exist"],
    ["GET", `${FLEET}?verbose=true`, undefined, 400, 'Unknown name "verbose"'],
    ["DELETE", `${FLEET}?enableFinalBackup=maybe`, undefined, 400, "enableFinalBackup"],
    ["PATCH", FLEET, { setings: {} }, 400, 'Unknown name "setings"'],
    ["PATCH", FLEET, { settings: { ipConfiguration: { sslmode: "ENCRYPTED_ONLY" } } }, 400, "settings.ipConfiguration"],
    ["PATCH", FLEET, { settings: { ipConfiguration: { sslMode: "ENCRYPTED" } } }, 400, "SslMode"],
    ["PATCH", FLEET, { settings: { ipConfiguration: { authorizedNetworks: {} } } }, 400, "wrong shape"],
    [
      "PATCH",
      FLEET,
      { settings: { ipConfiguration: { authorizedNetworks: [{ value: 7 }] } } },
      400,
      "authorizedNetworks[0].value",
    ],
    ["PATCH", FLEET, { settings: { activationPolicy: 2 } }, 400, "SqlActivationPolicy"],
    ["PATCH", FLEET, { settings: { dataDiskSizeGb: "many" } }, 400, "dataDiskSizeGb"],
    ["PATCH", FLEET, { settings: { settingsVersion: "7" } }, 412, "Condition does not match"],
    ["POST", `${FLEET}/restart`, { hurry: true }, 400, "takes none"],
    ["POST", `${FLEET}/failover`, { failoverContext: { settingsVersion: "1" } }, 501, "Nobody plays"],
  ])("answers %s %s %j with %i", async (method, path, body, status, message) => {
    const answer = await ask(method, path, body);
    expect(answer.body.error.message).toContain(message);
    expect(answer.status).toBe(status);
  });

  test("knows nobody without a token of its own", async () => {
    expect(await ask("GET", FLEET, undefined, "stolen")).toMatchObject({ status: 401 });
  });

  test("merges what is patched, and refuses a second change before the first is done", async () => {
    const settings = {
      settingsVersion: "1",
      activationPolicy: "NEVER",
      ipConfiguration: { sslMode: "ENCRYPTED_ONLY" },
    };
    const begun = await ask("PATCH", FLEET, { settings });
    expect(begun).toMatchObject({ status: 200, body: { operationType: "UPDATE", status: "PENDING" } });
    expect(await ask("PATCH", FLEET, { settings })).toMatchObject({ status: 409 });
    const asked = () => ask("GET", `projects/shop/operations/${begun.body.name}`);
    expect(await asked()).toMatchObject({ body: { status: "RUNNING" } });
    expect(await asked()).toMatchObject({ body: { status: "DONE" } });
    expect((await ask("GET", FLEET)).body.settings).toMatchObject({
      settingsVersion: "2",
      activationPolicy: "NEVER",
      tier: "db-f1-micro",
      ipConfiguration: { ipv4Enabled: true, sslMode: "ENCRYPTED_ONLY" },
    });
  });
});
